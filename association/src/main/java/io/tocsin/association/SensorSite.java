package io.tocsin.association;

/**
 * A sensor that could have heard something.
 *
 * @param audibleRadiusMetres distance at which it hears about half of the cries
 */
public record SensorSite(String sensorId, GeoPoint place, double audibleRadiusMetres) {}
