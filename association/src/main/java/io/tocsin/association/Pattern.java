package io.tocsin.association;

import java.util.List;

/**
 * Sounds that together mean distress.
 *
 * @param labels all of which must be heard, each in an event of its own
 * @param withinMicros longest time between two origins
 * @param withinMetres largest distance between two origins, beyond what their errors explain
 * @param minimumProbability lowest probability of an alert
 * @param minimumSensors fewest distinct sensors over all events
 */
public record Pattern(
    String patternId,
    List<String> labels,
    long withinMicros,
    double withinMetres,
    double minimumProbability,
    int minimumSensors,
    Severity severity,
    boolean enabled) {}
