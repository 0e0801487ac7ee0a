package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.Labels;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A located glass and the first located cry near it in time and place make an alert. */
final class Pairing {

  private Pairing() {}

  static Baseline.Found pair(List<LocatedSound> sounds) {
    List<LocatedSound> inOrder = new ArrayList<>(sounds);
    inOrder.sort(Comparator.comparingDouble(LocatedSound::originSeconds));
    List<FoundAlert> alerts = new ArrayList<>();
    Set<LocatedSound> taken = new HashSet<>();
    for (LocatedSound glass : inOrder) {
      if (!glass.label().equals(Labels.GLASS)) {
        continue;
      }
      inOrder.stream()
          .filter(cry -> belongs(glass, cry) && !taken.contains(cry))
          .findFirst()
          .ifPresent(
              cry -> {
                taken.add(cry);
                alerts.add(alert(List.of(glass, cry)));
              });
    }
    List<FoundEvent> events = inOrder.stream().map(LocatedSound::found).toList();
    return new Baseline.Found(alerts, events);
  }

  private static boolean belongs(LocatedSound glass, LocatedSound cry) {
    return Labels.CRIES.contains(cry.label())
        && Math.abs(cry.originSeconds() - glass.originSeconds()) <= Baseline.WITHIN_SECONDS
        && cry.place().distanceMetres(glass.place()) <= Baseline.WITHIN_METRES;
  }

  static FoundAlert alert(List<LocatedSound> sounds) {
    LocatedSound best =
        sounds.stream()
            .max(Comparator.comparingInt((LocatedSound s) -> s.picks().size()))
            .orElseThrow();
    FoundEvent place = best.found();
    double glass = probability(sounds, true);
    double cry = probability(sounds, false);
    return new FoundAlert(
        "alert " + place.eventId(),
        "glass-then-cry",
        glass * cry,
        null,
        sounds.stream().mapToLong(s -> s.found().originMicros()).min().orElseThrow(),
        null,
        place.latitudeDegrees(),
        place.longitudeDegrees(),
        sounds.stream().flatMap(s -> s.found().detectionIds().stream()).toList(),
        List.of());
  }

  private static double probability(List<LocatedSound> sounds, boolean ofGlass) {
    return 1
        - sounds.stream()
            .filter(s -> s.label().equals(Labels.GLASS) == ofGlass)
            .mapToDouble(s -> 1 - s.probability())
            .reduce(1, (a, b) -> a * b);
  }
}
