package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.city.evaluation.Tally.Scored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * False alerts as they were, and as time slides let expect them. Rates are a sensor-day.
 *
 * @param slides of each run
 * @param sensorDays of the runs
 * @param slidSensorDays of all slides
 * @param atRecall where nine tenths of the true pairs are found; where fewer are, at the lowest
 *     probability that was said
 * @param byThreshold the same for other thresholds, rising
 */
public record FalseAlarms(
    int slides, double sensorDays, double slidSensorDays, Row atRecall, List<Row> byThreshold) {

  private static final double RECALL = 0.9;
  private static final List<Double> THRESHOLDS =
      List.of(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 0.99999);

  /**
   * What is at least as probable as a threshold.
   *
   * @param recall of pairs whose sounds both have at least four audible sensors
   * @param observedAlerts false ones
   * @param observed their rate
   * @param observedInterval 95 %
   * @param misplacedAlerts those of the false ones that are of a true pair's own sounds, elsewhere
   *     or at another time; slides do not foresee these
   * @param misplaced their rate
   * @param chance the rate of the others: what slides foresee
   * @param chanceInterval 95 %
   * @param predictedAlerts in all slides
   * @param predicted their rate
   * @param predictedInterval 95 %; its upper bound is what is to be said where none was seen
   * @param predictedBySounds how many of the predicted have none, one, two sounds that were more
   *     than single sensors' picks
   */
  public record Row(
      double threshold,
      double recall,
      long observedAlerts,
      double observed,
      Bootstrap.Interval observedInterval,
      long misplacedAlerts,
      double misplaced,
      double chance,
      Bootstrap.Interval chanceInterval,
      long predictedAlerts,
      double predicted,
      Bootstrap.Interval predictedInterval,
      List<Long> predictedBySounds) {}

  /** Of runs that all were slid; empty where one was not. */
  static Optional<FalseAlarms> of(List<Judgement> runs) {
    List<ChanceAlerts> slid =
        runs.stream().map(Judgement::chance).filter(Objects::nonNull).toList();
    if (slid.isEmpty() || slid.size() < runs.size()) {
      return Optional.empty();
    }
    Tally alerts = runs.stream().map(Judgement::distress).reduce(Tally.NONE, Tally::plus);
    double sensorDays = runs.stream().mapToDouble(Judgement::sensorDays).sum();
    double slidSensorDays = slid.stream().mapToDouble(ChanceAlerts::sensorDays).sum();
    List<ChanceAlerts.ChanceAlert> chance = slid.stream().flatMap(s -> s.found().stream()).toList();
    List<Double> misplaced = runs.stream().flatMap(j -> j.misplaced().stream()).toList();
    Rows rows = new Rows(alerts, misplaced, chance, sensorDays, slidSensorDays);
    double threshold = threshold(alerts);
    TreeSet<Double> thresholds = new TreeSet<>(THRESHOLDS);
    double lowest = lowest(alerts, chance);
    thresholds.removeIf(t -> t < lowest);
    thresholds.add(lowest);
    thresholds.add(threshold);
    List<Row> table = new ArrayList<>();
    thresholds.forEach(t -> table.add(rows.at(t)));
    return Optional.of(
        new FalseAlarms(
            slid.get(0).slides(), sensorDays, slidSensorDays, rows.at(threshold), table));
  }

  private static double threshold(Tally alerts) {
    List<Double> right =
        alerts.found().stream()
            .filter(Scored::right)
            .map(Scored::score)
            .sorted(Comparator.reverseOrder())
            .toList();
    int wanted = (int) Math.ceil(RECALL * (right.size() + alerts.missed()));
    return wanted > 0 && wanted <= right.size()
        ? right.get(wanted - 1)
        : alerts.found().stream().mapToDouble(Scored::score).min().orElse(0);
  }

  private static double lowest(Tally alerts, List<ChanceAlerts.ChanceAlert> chance) {
    double said = alerts.found().stream().mapToDouble(Scored::score).min().orElse(1);
    return Math.min(
        said, chance.stream().mapToDouble(ChanceAlerts.ChanceAlert::probability).min().orElse(1));
  }

  private record Rows(
      Tally alerts,
      List<Double> misplaced,
      List<ChanceAlerts.ChanceAlert> chance,
      double sensorDays,
      double slidSensorDays) {

    Row at(double threshold) {
      long observed =
          alerts.found().stream().filter(s -> !s.right() && s.score() >= threshold).count();
      List<ChanceAlerts.ChanceAlert> predicted =
          chance.stream().filter(c -> c.probability() >= threshold).toList();
      long elsewhere = misplaced.stream().filter(p -> p >= threshold).count();
      return new Row(
          threshold,
          alerts.at(threshold).recall(),
          observed,
          observed / sensorDays,
          PoissonInterval.rate(observed, sensorDays),
          elsewhere,
          elsewhere / sensorDays,
          (observed - elsewhere) / sensorDays,
          PoissonInterval.rate(observed - elsewhere, sensorDays),
          predicted.size(),
          predicted.size() / slidSensorDays,
          PoissonInterval.rate(predicted.size(), slidSensorDays),
          List.of(bySounds(predicted, 0), bySounds(predicted, 1), bySounds(predicted, 2)));
    }

    private static long bySounds(List<ChanceAlerts.ChanceAlert> alerts, int sounds) {
      return alerts.stream().filter(a -> Math.min(2, a.realSounds()) == sounds).count();
    }
  }
}
