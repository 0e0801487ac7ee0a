package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.CityTruth.Sound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicMask;

/**
 * Located events to sounds, one to one: at least 60 % of the event's picks are the sound's, the
 * origin is within 1 s and 100 m. Most shared picks first, then nearest.
 */
final class EventMatching {

  static final double LEAST_SHARE = 0.6;
  static final double MOST_METRES = 100;
  private static final long MOST_MICROS = 1_000_000;
  private static final int PICKS_OF_A_SECOND_SOUND = 3;

  /** A sound, the event that found it, and how far apart they are. */
  record Match(Sound sound, FoundEvent event, double errorMetres) {}

  private final Map<String, Sound> soundOfPick = new HashMap<>();
  private final Map<String, Match> matchOfSound = new HashMap<>();
  private final Map<String, Match> matchOfEvent = new HashMap<>();
  private final Set<String> ofBursts = new HashSet<>();
  private int splits;
  private int merges;

  EventMatching(CityTruth truth, List<FoundEvent> events) {
    for (Sound sound : truth.sounds()) {
      sound.arrivals().forEach(a -> soundOfPick.put(a.detectionId(), sound));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (FoundEvent event : events) {
      if (event.located()) {
        consider(event, candidates);
      }
    }
    candidates.sort(Candidate.BEST_FIRST);
    for (Candidate candidate : candidates) {
      Match match = candidate.match;
      if (matchOfEvent.containsKey(match.event().eventId())) {
        continue;
      }
      if (matchOfSound.containsKey(match.sound().soundId())) {
        splits++;
      } else {
        matchOfSound.put(match.sound().soundId(), match);
        matchOfEvent.put(match.event().eventId(), match);
      }
    }
  }

  private record Candidate(Match match, int shared) {
    private static final Comparator<Candidate> BEST_FIRST =
        Comparator.comparingInt((Candidate c) -> -c.shared)
            .thenComparingDouble(c -> c.match.errorMetres())
            .thenComparing(c -> c.match.event().eventId());
  }

  private void consider(FoundEvent event, List<Candidate> into) {
    Map<String, Integer> shared = new HashMap<>();
    int ofBurst = 0;
    for (String id : event.detectionIds()) {
      Sound sound = soundOfPick.get(id);
      if (sound == null) {
        continue;
      }
      if (sound.kind() == CityTruth.Kind.BURST) {
        ofBurst++;
      } else {
        shared.merge(sound.soundId(), 1, Integer::sum);
      }
    }
    if (2 * ofBurst >= event.detectionIds().size()) {
      ofBursts.add(event.eventId());
      return;
    }
    if (shared.values().stream().filter(n -> n >= PICKS_OF_A_SECOND_SOUND).count() > 1) {
      merges++;
    }
    for (String id : event.detectionIds()) {
      Sound sound = soundOfPick.get(id);
      Integer count = sound == null ? null : shared.remove(sound.soundId());
      if (sound == null || count == null || count < LEAST_SHARE * event.detectionIds().size()) {
        continue;
      }
      double metres = metres(sound, event.latitudeDegrees(), event.longitudeDegrees());
      if (metres <= MOST_METRES
          && Math.abs(event.originMicros() - sound.originMicros()) <= MOST_MICROS) {
        into.add(new Candidate(new Match(sound, event, metres), count));
      }
    }
  }

  Map<String, Match> matchOfSound() {
    return matchOfSound;
  }

  boolean isRight(FoundEvent event) {
    return matchOfEvent.containsKey(event.eventId());
  }

  /** Made of a burst's picks: neither right nor wrong. */
  boolean isOfBurst(FoundEvent event) {
    return ofBursts.contains(event.eventId());
  }

  int splits() {
    return splits;
  }

  int merges() {
    return merges;
  }

  static double metres(Sound sound, double latitudeDegrees, double longitudeDegrees) {
    return Geodesic.WGS84.Inverse(
            sound.latitudeDegrees(),
            sound.longitudeDegrees(),
            latitudeDegrees,
            longitudeDegrees,
            GeodesicMask.DISTANCE)
        .s12;
  }
}
