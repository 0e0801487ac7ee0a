package io.tocsin.simulator.city.evaluation;

import java.util.List;

/**
 * A sound event as its last revision says.
 *
 * @param located whether the place is a point; else the centre of a region
 * @param semiMajorMetres of the 95 % ellipse
 * @param azimuthDegrees of its major axis, clockwise from north
 * @param score the higher the surer: a log-likelihood ratio
 * @param detectionIds one a sensor
 */
public record FoundEvent(
    String eventId,
    String label,
    long originMicros,
    double latitudeDegrees,
    double longitudeDegrees,
    boolean located,
    double semiMajorMetres,
    double semiMinorMetres,
    double azimuthDegrees,
    double score,
    List<String> detectionIds) {}
