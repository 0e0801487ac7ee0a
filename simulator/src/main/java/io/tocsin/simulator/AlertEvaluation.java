package io.tocsin.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.sf.geographiclib.Geodesic;

/** Compares a scene's truth with the alerts that were raised, one to one. Pure. */
public final class AlertEvaluation {

  private static final double MOST_SECONDS_APART = 5;
  private static final double MOST_METRES_APART = 100;

  /**
   * An alert as its last revision says, not retracted.
   *
   * @param startsAtSeconds from the scene's beginning
   * @param openedMillis wall-clock time at which its first revision was read
   */
  public record RaisedAlert(
      String alertId,
      double startsAtSeconds,
      double latitudeDegrees,
      double longitudeDegrees,
      double semiMajorMetres,
      double probability,
      long openedMillis,
      String explanation) {}

  /** A true pair and the alert that found it. */
  public record Match(SceneTruth.Distress truth, RaisedAlert alert, double errorMetres) {}

  /**
   * The comparison.
   *
   * @param duplicates alerts beyond the first for one true pair
   * @param falseAlarms alerts for no true pair
   */
  public record Result(
      List<Match> matches,
      List<SceneTruth.Distress> missed,
      List<RaisedAlert> duplicates,
      List<RaisedAlert> falseAlarms,
      double precision,
      double recall) {}

  private AlertEvaluation() {}

  /** Matches the closest first. */
  public static Result evaluate(SceneTruth truth, List<RaisedAlert> alerts) {
    List<Match> candidates = new ArrayList<>();
    for (SceneTruth.Distress distress : truth.distress()) {
      for (RaisedAlert alert : alerts) {
        if (isOf(
            distress, alert.startsAtSeconds(), alert.latitudeDegrees(), alert.longitudeDegrees())) {
          double metres = metres(distress, alert.latitudeDegrees(), alert.longitudeDegrees());
          candidates.add(new Match(distress, alert, metres));
        }
      }
    }
    candidates.sort(Comparator.comparingDouble(Match::errorMetres));
    List<Match> matches = new ArrayList<>();
    List<RaisedAlert> duplicates = new ArrayList<>();
    Set<String> found = new HashSet<>();
    Set<String> used = new HashSet<>();
    for (Match candidate : candidates) {
      if (used.contains(candidate.alert().alertId())) {
        continue;
      }
      used.add(candidate.alert().alertId());
      if (found.add(candidate.truth().incident())) {
        matches.add(candidate);
      } else {
        duplicates.add(candidate.alert());
      }
    }
    List<SceneTruth.Distress> missed =
        truth.distress().stream().filter(d -> !found.contains(d.incident())).toList();
    List<RaisedAlert> falseAlarms =
        alerts.stream().filter(a -> !used.contains(a.alertId())).toList();
    return new Result(
        matches,
        missed,
        duplicates,
        falseAlarms,
        alerts.isEmpty() ? 1 : (double) matches.size() / alerts.size(),
        truth.distress().isEmpty() ? 1 : (double) matches.size() / truth.distress().size());
  }

  /** Whether what was said to start then and there is a true pair: within 5 s and 100 m of it. */
  public static boolean isOf(
      SceneTruth.Distress distress,
      double startsAtSeconds,
      double latitudeDegrees,
      double longitudeDegrees) {
    return startsAtSeconds >= distress.startsAtSeconds() - MOST_SECONDS_APART
        && startsAtSeconds <= distress.cryAtSeconds() + MOST_SECONDS_APART
        && metres(distress, latitudeDegrees, longitudeDegrees) <= MOST_METRES_APART;
  }

  private static double metres(
      SceneTruth.Distress distress, double latitudeDegrees, double longitudeDegrees) {
    return Geodesic.WGS84.Inverse(
            distress.latitudeDegrees(),
            distress.longitudeDegrees(),
            latitudeDegrees,
            longitudeDegrees)
        .s12;
  }

  /** A quantile by linear interpolation; NaN of nothing. */
  public static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double position = share * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
