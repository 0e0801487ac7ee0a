package io.tocsin.simulator.city.evaluation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A distress alert as its last revision says; alerts that were taken back are left out.
 *
 * @param falseAlarmsPerDay expected chance alerts at least as strong, over all sensors; null if not
 *     said
 * @param startedMicros origin of its first sound
 * @param openedMicros when it was first said, by the clock that picks arrive by; null if unknown
 * @param detectionIds of all its sounds
 */
public record FoundAlert(
    String alertId,
    String patternId,
    double probability,
    @Nullable Double falseAlarmsPerDay,
    long startedMicros,
    @Nullable Long openedMicros,
    double latitudeDegrees,
    double longitudeDegrees,
    List<String> detectionIds) {}
