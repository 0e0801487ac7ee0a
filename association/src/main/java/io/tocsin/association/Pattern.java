package io.tocsin.association;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sounds that together mean distress.
 *
 * @param labels all of which must be heard, each in an event of its own; one may name alternatives,
 *     as in {@code shout_scream|crying}, of which any will do
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
    boolean enabled) {

  /** What is wanted, each with its alternatives, in the order of {@link #labels}. */
  List<Set<String>> wanted() {
    return labels.stream()
        .map(label -> Arrays.stream(label.split("\\|", -1)).collect(Collectors.toSet()))
        .toList();
  }

  /** Every label that matters to it. */
  Set<String> everyLabel() {
    return wanted().stream().flatMap(Set::stream).collect(Collectors.toSet());
  }
}
