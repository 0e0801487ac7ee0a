package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.CityTruth.Incident;
import io.tocsin.simulator.city.CityTruth.Kind;
import io.tocsin.simulator.city.CityTruth.Sound;
import io.tocsin.simulator.city.evaluation.FoundAlert.FirstWord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Alerts to pairs that must alert, one to one: at least 60 % of the alert's picks are the pair's,
 * some of each sound; it starts within 5 s of the first and is within 100 m of one of them. Most
 * shared picks first.
 *
 * <p>Of the others, some are of a pair's own sounds all the same, at least half of their picks and
 * some of each sound: those are misplaced, in place or in time, or a second alert. The rest is
 * chance.
 */
final class AlertMatching {

  private static final long MOST_MICROS = 5_000_000;

  private final Map<String, Sound> sounds = new HashMap<>();
  private final Map<String, Incident> incidentOfPick = new HashMap<>();
  private final Map<String, FoundAlert> alertOfIncident = new HashMap<>();
  private final Set<String> right = new HashSet<>();
  private final Set<String> ofPairs = new HashSet<>();

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
      shared(alert.detectionIds())
          .forEach(
              (incident, count) -> {
                if (incident.kind() != Kind.DISTRESS
                    || !hasEachSound(incident, alert.detectionIds())) {
                  return;
                }
                if (2 * count >= alert.detectionIds().size()) {
                  ofPairs.add(alert.alertId());
                }
                if (fits(
                    incident,
                    alert.detectionIds(),
                    alert.startedMicros(),
                    alert.latitudeDegrees(),
                    alert.longitudeDegrees())) {
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

  private Map<Incident, Integer> shared(List<String> detectionIds) {
    Map<Incident, Integer> shared = new HashMap<>();
    for (String id : detectionIds) {
      Incident incident = incidentOfPick.get(id);
      if (incident != null) {
        shared.merge(incident, 1, Integer::sum);
      }
    }
    return shared;
  }

  private boolean hasEachSound(Incident incident, List<String> detectionIds) {
    Set<String> ids = new HashSet<>(detectionIds);
    return soundsOf(incident).stream()
        .allMatch(s -> s.arrivals().stream().anyMatch(a -> ids.contains(a.detectionId())));
  }

  private boolean fits(
      Incident incident,
      List<String> detectionIds,
      long startedMicros,
      double latitudeDegrees,
      double longitudeDegrees) {
    List<Sound> parts = soundsOf(incident);
    return shared(detectionIds).getOrDefault(incident, 0)
            >= EventMatching.LEAST_SHARE * detectionIds.size()
        && hasEachSound(incident, detectionIds)
        && Math.abs(startedMicros - parts.get(0).originMicros()) <= MOST_MICROS
        && parts.stream()
            .anyMatch(
                s ->
                    EventMatching.metres(s, latitudeDegrees, longitudeDegrees)
                        <= EventMatching.MOST_METRES);
  }

  private boolean fits(Incident incident, FirstWord word) {
    return fits(
        incident,
        word.detectionIds(),
        word.startedMicros(),
        word.latitudeDegrees(),
        word.longitudeDegrees());
  }

  /**
   * When an incident's alert was first said as it had to be: by itself, or by one that it took the
   * place of, if that one was of this incident, where and when it was, from its first word on. Null
   * where that is not known.
   */
  @Nullable Long openedMicros(Incident incident) {
    FoundAlert alert = alertOfIncident.get(incident.incident());
    Long opened = alert == null ? null : alert.openedMicros();
    if (alert == null || opened == null) {
      return null;
    }
    return alert.replaced().stream()
        .filter(word -> fits(incident, word))
        .map(FirstWord::openedMicros)
        .reduce(opened, Math::min);
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

  /** Whether a false alert is of a pair's own sounds. */
  boolean isMisplaced(FoundAlert alert) {
    return !isRight(alert) && ofPairs.contains(alert.alertId());
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
