package io.tocsin.simulator.city.evaluation;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A distress alert as its last revision says; alerts that were taken back are left out.
 *
 * @param falseAlarmsPerDay expected chance alerts at least as strong, over all sensors; null if not
 *     said
 * @param startedMicros origin of its first sound
 * @param openedMicros when it was first said, by the clock that picks arrive by; null if unknown
 * @param detectionIds of all its sounds
 * @param replaced the first words of the alerts that were taken back in its favour; none in files
 *     that do not say
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
    List<String> detectionIds,
    List<FirstWord> replaced) {

  /** An alert as it was first said. */
  public record FirstWord(
      String alertId,
      long startedMicros,
      long openedMicros,
      double latitudeDegrees,
      double longitudeDegrees,
      List<String> detectionIds) {}

  /** As read: older files do not say what was replaced. */
  public FoundAlert {
    replaced = Objects.requireNonNullElse(replaced, List.of());
  }
}
