package io.tocsin.association;

/** A point on the WGS 84 ellipsoid, degrees. */
public record GeoPoint(double latitudeDegrees, double longitudeDegrees) {}
