package io.tocsin.stack.demo;

import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.Place;
import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.stack.demo.AlertWatch.Told;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The first words of alerts whose latency counts.
 *
 * <p>That is every alert's first word, with one exception. Where an alert found a true pair and
 * took the place of others, whose retractions name it, a consumer was told of the pair with the
 * first of them all that had its place and time right: within 100 m and 5 s, as alerts are matched.
 * That word counts, and the later ones do not. An alert that was wrong at first is served by none
 * of this: what took its place counts by itself.
 */
final class AlertLatency {

  private final Map<String, DistressAlert> latest;
  private final ToDoubleFunction<DistressAlert> startsAtSeconds;

  /**
   * @param latest last words, by id
   * @param startsAtSeconds of an alert, from the scene's beginning
   */
  AlertLatency(Map<String, DistressAlert> latest, ToDoubleFunction<DistressAlert> startsAtSeconds) {
    this.latest = latest;
    this.startsAtSeconds = startsAtSeconds;
  }

  /**
   * @param opened first words, by id
   */
  Collection<Told> firstWords(Map<String, Told> opened, AlertEvaluation.Result result) {
    Map<String, Told> counted = new TreeMap<>(opened);
    for (AlertEvaluation.Match match : result.matches()) {
      String alertId = match.alert().alertId();
      List<Told> right = new ArrayList<>();
      for (Told told : opened.values()) {
        String id = told.alert().getAlertId();
        if (id.equals(alertId) || (alertId.equals(standing(id)) && isRight(told, match))) {
          right.add(told);
        }
      }
      right.sort(Comparator.comparingLong(Told::atMillis));
      right.stream().skip(1).forEach(later -> counted.remove(later.alert().getAlertId()));
    }
    return counted.values();
  }

  private boolean isRight(Told told, AlertEvaluation.Match match) {
    Place place = told.alert().getLocation().getPlace();
    return AlertEvaluation.isOf(
        match.truth(),
        startsAtSeconds.applyAsDouble(told.alert()),
        place.getLatitudeDegrees(),
        place.getLongitudeDegrees());
  }

  /** What stands in the place of an alert that was taken back; null if nothing does. */
  private @Nullable String standing(String alertId) {
    Set<String> passed = new HashSet<>();
    String id = alertId;
    while (id != null && passed.add(id)) {
      DistressAlert alert = latest.get(id);
      if (alert == null || alert.getState() != AlertState.RETRACTED) {
        return alert == null ? null : id;
      }
      id = alert.getReplacedBy();
    }
    return null;
  }
}
