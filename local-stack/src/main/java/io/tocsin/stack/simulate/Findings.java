package io.tocsin.stack.simulate;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator.RevisedEvent;
import io.tocsin.association.Location;
import io.tocsin.association.SoundEvent;
import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundAlert.FirstWord;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands at the end of all that the job has said: of each alert its last revision, unless it
 * was taken back, with the first words of those that were taken back in its favour; of each sound
 * event its last revision, unless it was withdrawn.
 */
record Findings(List<FoundAlert> alerts, List<FoundEvent> events) {

  static Findings of(City city, List<Said> said, long latenessMillis) {
    Map<String, Alert> alerts = new LinkedHashMap<>();
    Map<String, Said> opened = new HashMap<>();
    Map<String, RevisedEvent> events = new LinkedHashMap<>();
    for (Said word : said) {
      Alert alert = word.alert();
      if (alert != null) {
        alerts.merge(alert.alertId(), alert, (a, b) -> b.revision() >= a.revision() ? b : a);
        opened.putIfAbsent(alert.alertId(), word);
      }
      RevisedEvent event = word.event();
      if (event != null) {
        String id = event.event().eventId();
        events.merge(id, event, (a, b) -> b.revision() >= a.revision() ? b : a);
      }
    }
    ArrivalClock clock = new ArrivalClock(city.picks(), latenessMillis);
    return new Findings(
        alerts.values().stream()
            .filter(a -> a.state() != Alert.State.RETRACTED)
            .map(a -> found(a, opened, replaced(a, alerts, opened, clock), clock))
            .toList(),
        events.values().stream()
            .filter(e -> !e.withdrawn())
            .map(RevisedEvent::event)
            .map(Findings::found)
            .toList());
  }

  private static FoundEvent found(SoundEvent event) {
    Location location = event.location();
    return new FoundEvent(
        event.eventId(),
        event.label(),
        event.originMicros(),
        location.point().latitudeDegrees(),
        location.point().longitudeDegrees(),
        location.method() == Location.Method.MULTILATERATION,
        location.semiMajorMetres(),
        location.semiMinorMetres(),
        location.azimuthDegrees(),
        event.logLikelihoodRatio(),
        event.picks().stream().map(p -> p.pick().detectionId()).toList());
  }

  /** The first words of all that was taken back, at last, in favour of an alert. */
  private static List<FirstWord> replaced(
      Alert alert, Map<String, Alert> alerts, Map<String, Said> opened, ArrivalClock clock) {
    List<FirstWord> words = new ArrayList<>();
    for (Alert other : alerts.values()) {
      Said first = opened.get(other.alertId());
      if (first != null
          && first.alert() != null
          && alert.alertId().equals(standing(other, alerts))) {
        words.add(firstWord(first.alert(), clock.openedMicros(first)));
      }
    }
    return words;
  }

  private static FirstWord firstWord(Alert alert, long openedMicros) {
    return new FirstWord(
        alert.alertId(),
        alert.startedMicros(),
        openedMicros,
        alert.location().point().latitudeDegrees(),
        alert.location().point().longitudeDegrees(),
        detectionIds(alert));
  }

  /** What stands in the place of an alert that was taken back; null if nothing does. */
  private static @Nullable String standing(Alert alert, Map<String, Alert> alerts) {
    Set<String> passed = new HashSet<>();
    String successor = alert.replacedBy();
    while (successor != null && passed.add(successor)) {
      Alert next = alerts.get(successor);
      if (next == null || next.state() != Alert.State.RETRACTED) {
        return next == null ? null : successor;
      }
      successor = next.replacedBy();
    }
    return null;
  }

  private static FoundAlert found(
      Alert alert, Map<String, Said> opened, List<FirstWord> replaced, ArrivalClock clock) {
    Said first = opened.get(alert.alertId());
    return new FoundAlert(
        alert.alertId(),
        alert.patternId(),
        alert.probability(),
        null,
        alert.startedMicros(),
        first == null ? null : clock.openedMicros(first),
        alert.location().point().latitudeDegrees(),
        alert.location().point().longitudeDegrees(),
        detectionIds(alert),
        replaced);
  }

  private static List<String> detectionIds(Alert alert) {
    return alert.events().stream()
        .flatMap(e -> e.picks().stream())
        .map(p -> p.pick().detectionId())
        .distinct()
        .toList();
  }

  /**
   * When something was said, by the clock that picks arrive by: with the arrival of the pick whose
   * onset is the word's event time, or of the one that brought the watermark past a timer.
   */
  private static final class ArrivalClock {

    private final Map<String, HeardPick> byId = new HashMap<>();
    private final List<HeardPick> inOrder;
    private final long latenessMillis;

    ArrivalClock(List<HeardPick> inOrder, long latenessMillis) {
      this.inOrder = inOrder;
      this.latenessMillis = latenessMillis;
      inOrder.forEach(p -> byId.putIfAbsent(p.detectionId(), p));
    }

    long openedMicros(Said opened) {
      Alert alert = opened.alert();
      Set<String> ids = new HashSet<>(alert == null ? List.of() : detectionIds(alert));
      long evidence =
          ids.stream().mapToLong(id -> arrived(byId.get(id))).max().orElse(Long.MIN_VALUE);
      for (String id : ids) {
        HeardPick pick = byId.get(id);
        if (pick != null && pick.onsetMicros() / 1_000 == opened.atMillis()) {
          return Math.max(evidence, pick.arrivedMicros());
        }
      }
      for (HeardPick pick : inOrder.subList(firstFrom(evidence), inOrder.size())) {
        if (pick.onsetMicros() / 1_000 == opened.atMillis()
            || pick.onsetMicros() / 1_000 > opened.atMillis() + latenessMillis) {
          return pick.arrivedMicros();
        }
      }
      return evidence;
    }

    /** Index of the first pick that arrived then or later. */
    private int firstFrom(long arrivedMicros) {
      int from = 0;
      int to = inOrder.size();
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (inOrder.get(middle).arrivedMicros() < arrivedMicros) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    private static long arrived(@Nullable HeardPick pick) {
      return pick == null ? Long.MIN_VALUE : pick.arrivedMicros();
    }
  }
}
