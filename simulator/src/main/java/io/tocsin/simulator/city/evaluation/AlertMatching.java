package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.CityTruth.Incident;
import io.tocsin.simulator.city.CityTruth.Kind;
import io.tocsin.simulator.city.CityTruth.Sound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Alerts to pairs that must alert, one to one: at least 60 % of the alert's picks are the pair's,
 * some of each sound; it starts within 5 s of the first and is within 100 m of one of them. Most
 * shared picks first.
 */
final class AlertMatching {

  private static final long MOST_MICROS = 5_000_000;

  private final Map<String, Sound> sounds = new HashMap<>();
  private final Map<String, Incident> incidentOfPick = new HashMap<>();
  private final Map<String, FoundAlert> alertOfIncident = new HashMap<>();
  private final Set<String> right = new HashSet<>();

  private record Candidate(Incident incident, FoundAlert alert, int shared) {
    private static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingInt((Candidate c) -> -c.shared).thenComparing(c -> c.alert.alertId());
  }

  AlertMatching(CityTruth truth, List<FoundAlert> alerts) {
    truth.sounds().forEach(s -> sounds.put(s.soundId(), s));
    for (Incident incident : truth.incidents()) {
      soundsOf(incident)
          .forEach(s -> s.arrivals().forEach(a -> incidentOfPick.put(a.detectionId(), incident)));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (FoundAlert alert : alerts) {
      Map<Incident, Integer> shared = new HashMap<>();
      for (String id : alert.detectionIds()) {
        Incident incident = incidentOfPick.get(id);
        if (incident != null) {
          shared.merge(incident, 1, Integer::sum);
        }
      }
      shared.forEach(
          (incident, count) -> {
            if (incident.kind() == Kind.DISTRESS
                && count >= EventMatching.LEAST_SHARE * alert.detectionIds().size()
                && fits(incident, alert)) {
              candidates.add(new Candidate(incident, alert, count));
            }
          });
    }
    candidates.sort(Candidate.BEST_FIRST);
    for (Candidate candidate : candidates) {
      if (!alertOfIncident.containsKey(candidate.incident.incident())
          && right.add(candidate.alert.alertId())) {
        alertOfIncident.put(candidate.incident.incident(), candidate.alert);
      }
    }
  }

  private boolean fits(Incident incident, FoundAlert alert) {
    List<Sound> parts = soundsOf(incident);
    Set<String> ids = new HashSet<>(alert.detectionIds());
    return parts.stream()
            .allMatch(s -> s.arrivals().stream().anyMatch(a -> ids.contains(a.detectionId())))
        && Math.abs(alert.startedMicros() - parts.get(0).originMicros()) <= MOST_MICROS
        && parts.stream()
            .anyMatch(
                s ->
                    EventMatching.metres(s, alert.latitudeDegrees(), alert.longitudeDegrees())
                        <= EventMatching.MOST_METRES);
  }

  /** Sounds of an incident, by origin. */
  List<Sound> soundsOf(Incident incident) {
    return incident.soundIds().stream()
        .map(sounds::get)
        .sorted(Comparator.comparingLong(Sound::originMicros))
        .toList();
  }

  Map<String, FoundAlert> alertOfIncident() {
    return alertOfIncident;
  }

  boolean isRight(FoundAlert alert) {
    return right.contains(alert.alertId());
  }

  /** Whether one alert holds at least two picks of each sound. */
  boolean isFused(Incident decoy, List<FoundAlert> alerts) {
    return alerts.stream().anyMatch(alert -> soundsOf(decoy).stream().allMatch(s -> in(s, alert)));
  }

  private static boolean in(Sound sound, FoundAlert alert) {
    Set<String> ids = sound.detectionIds();
    return alert.detectionIds().stream().filter(ids::contains).count() >= 2;
  }
}
