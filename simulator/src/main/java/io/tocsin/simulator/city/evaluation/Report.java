package io.tocsin.simulator.city.evaluation;

import io.tocsin.simulator.AlertEvaluation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What runs of a scenario were worth, over all their seeds. What cannot be computed is null.
 *
 * @param seed the first
 * @param events sounds that there really were, bursts left out
 * @param alerts raised and not taken back
 * @param precision of located sound events from four sensors on
 * @param recall of sounds of at least four audible sensors
 * @param f1 of both
 * @param locationErrorMetres of these sounds
 * @param ellipseCoverage how many of the 95 % ellipses hold the truth
 * @param latencyMillis from the origin of the last sound that an alert needed to its first word, by
 *     the clock that picks arrive by; where an alert took the place of others, to the first word
 *     among them all that had the pair right: at least 60 % of its picks the pair's, some of each
 *     sound, 100 m and 5 s off at most
 * @param decoysFused share of decoys whose two sounds are in one alert
 * @param expectedCalibrationError of alerts' probabilities, in ten bins
 * @param predictedFalseAlarmRate a sensor-day: as time slides say, where alerts are so probable
 *     that nine tenths of the true pairs are found ({@link FalseAlarms}); without slides, of all
 *     alerts, as they themselves say
 * @param observedFalseAlarmRate a sensor-day, of the same alerts
 * @param baselines the same measure for simpler ways
 */
public record Report(
    String scenario,
    long seed,
    int sensors,
    int events,
    int alerts,
    double precision,
    double recall,
    double f1,
    Spread locationErrorMetres,
    @Nullable Double ellipseCoverage,
    int splits,
    int merges,
    Latency latencyMillis,
    double falseAlertsPerSensorDay,
    @Nullable Double decoysFused,
    @Nullable Double expectedCalibrationError,
    double predictedFalseAlarmRate,
    double observedFalseAlarmRate,
    Map<String, BaselineWorth> baselines,
    Detail detail) {

  /** Median and nine tenths. */
  public record Spread(@Nullable Double p50, @Nullable Double p90) {}

  /** Quantiles. */
  public record Latency(@Nullable Double p50, @Nullable Double p95, @Nullable Double p99) {}

  /** A simpler way: F1 of located sound events, and of alerts. */
  public record BaselineWorth(double f1, double alertsF1) {}

  /**
   * Beyond the headline.
   *
   * @param intervals bounds of 95 %, by figure
   * @param alerts distress alerts against pairs whose sounds both have four audible sensors
   * @param everyLocated sound events from three sensors on
   * @param locationErrorFromSixSensors metres
   * @param observedChanceAlarmRate a sensor-day: the part of the observed false-alarm rate that
   *     time slides foresee, alerts that are of no true pair
   * @param observedMisplacedAlarmRate the rest of it: alerts of a true pair's own sounds, elsewhere
   *     or at another time than it was, or for the second time
   * @param eventCurve F1 of sound events against their score
   * @param alertCurve F1 of alerts against their probability
   * @param falseAlarms against their probability, as they were and as time slides say; null without
   *     slides
   */
  public record Detail(
      List<Long> seeds,
      Map<String, Bootstrap.Interval> intervals,
      Tally.Point alerts,
      Tally.Point everyLocated,
      Spread locationErrorFromSixSensors,
      int decoys,
      Map<Integer, Judgement.Share> recallBySensors,
      double observedChanceAlarmRate,
      double observedMisplacedAlarmRate,
      List<Tally.Point> eventCurve,
      List<Tally.Point> alertCurve,
      @Nullable FalseAlarms falseAlarms) {}

  /** Runs of one scenario, one a seed, each judged for the job and for each simpler way. */
  public static Report of(
      String scenario,
      int sensors,
      Map<Long, Judgement> bySeed,
      Map<String, List<Judgement>> baselines) {
    List<Judgement> all = List.copyOf(bySeed.values());
    Tally.Point events = tally(all, Judgement::events).whole();
    List<Judgement.Fix> fixes = all.stream().flatMap(j -> j.fixes().stream()).toList();
    double[] latencies =
        all.stream()
            .flatMap(j -> j.latencySeconds().stream())
            .mapToDouble(seconds -> seconds * 1e3)
            .toArray();
    double sensorDays = all.stream().mapToDouble(Judgement::sensorDays).sum();
    double falseAlerts = sum(all, Judgement::falseAlerts) / sensorDays;
    Optional<FalseAlarms> slid = FalseAlarms.of(all);
    Map<String, BaselineWorth> worth = new TreeMap<>();
    baselines.forEach(
        (name, judged) ->
            worth.put(
                name,
                new BaselineWorth(
                    tally(judged, Judgement::events).whole().f1(),
                    tally(judged, Judgement::distress).whole().f1())));
    return new Report(
        scenario,
        bySeed.keySet().iterator().next(),
        sensors,
        sum(all, Judgement::sounds),
        sum(all, Judgement::alerts),
        events.precision(),
        events.recall(),
        events.f1(),
        spread(fixes),
        known(coverage(fixes)),
        sum(all, Judgement::splits),
        sum(all, Judgement::merges),
        new Latency(
            known(AlertEvaluation.quantile(latencies, 0.5)),
            known(AlertEvaluation.quantile(latencies, 0.95)),
            known(AlertEvaluation.quantile(latencies, 0.99))),
        falseAlerts,
        known((double) sum(all, Judgement::decoysFused) / sum(all, Judgement::decoys)),
        known(calibrationError(tally(all, Judgement::distress))),
        slid.map(f -> f.atRecall().predicted())
            .orElseGet(
                () -> all.stream().mapToDouble(Judgement::predictedFalseAlerts).sum() / sensorDays),
        slid.map(f -> f.atRecall().observed()).orElse(falseAlerts),
        worth,
        detail(bySeed, fixes, slid.orElse(null)));
  }

  private static Detail detail(
      Map<Long, Judgement> bySeed, List<Judgement.Fix> fixes, @Nullable FalseAlarms falseAlarms) {
    List<Judgement> all = List.copyOf(bySeed.values());
    Map<Integer, Judgement.Share> recall = new TreeMap<>();
    all.forEach(
        j ->
            j.recallBySensors().forEach((n, share) -> recall.merge(n, share, (a, b) -> a.plus(b))));
    double sensorDays = all.stream().mapToDouble(Judgement::sensorDays).sum();
    double falseAlerts = sum(all, Judgement::falseAlerts) / sensorDays;
    double misplaced = sum(all, j -> j.misplaced().size()) / sensorDays;
    return new Detail(
        List.copyOf(bySeed.keySet()),
        intervals(all),
        tally(all, Judgement::distress).whole(),
        tally(all, Judgement::everyLocated).whole(),
        spread(fixes.stream().filter(f -> f.audibleSensors() >= 6).toList()),
        sum(all, Judgement::decoys),
        recall,
        falseAlarms == null ? falseAlerts - misplaced : falseAlarms.atRecall().chance(),
        falseAlarms == null ? misplaced : falseAlarms.atRecall().misplaced(),
        tally(all, Judgement::events).curve(50),
        tally(all, Judgement::distress).curve(50),
        falseAlarms);
  }

  private static Map<String, Bootstrap.Interval> intervals(List<Judgement> all) {
    List<Tally> events = all.stream().map(Judgement::events).toList();
    List<Tally> distress = all.stream().map(Judgement::distress).toList();
    List<List<Judgement.Fix>> fixes = all.stream().map(Judgement::fixes).toList();
    Map<String, Bootstrap.Interval> intervals = new LinkedHashMap<>();
    intervals.put("precision", Bootstrap.ofTallies(events, Tally.Point::precision));
    intervals.put("recall", Bootstrap.ofTallies(events, Tally.Point::recall));
    intervals.put("f1", Bootstrap.ofTallies(events, Tally.Point::f1));
    intervals.put("alertsF1", Bootstrap.ofTallies(distress, Tally.Point::f1));
    intervals.put("locationErrorP90Metres", Bootstrap.of(fixes, f -> error(f, 0.9)));
    intervals.put("ellipseCoverage", Bootstrap.of(fixes, Report::coverage));
    return intervals;
  }

  private static Tally tally(List<Judgement> all, Function<Judgement, Tally> which) {
    return all.stream().map(which).reduce(Tally.NONE, Tally::plus);
  }

  private static int sum(List<Judgement> all, ToIntFunction<Judgement> what) {
    return all.stream().mapToInt(what).sum();
  }

  private static Spread spread(List<Judgement.Fix> fixes) {
    return new Spread(known(error(fixes, 0.5)), known(error(fixes, 0.9)));
  }

  private static double error(List<Judgement.Fix> fixes, double share) {
    return AlertEvaluation.quantile(
        fixes.stream().mapToDouble(Judgement.Fix::errorMetres).toArray(), share);
  }

  private static double coverage(List<Judgement.Fix> fixes) {
    return (double) fixes.stream().filter(Judgement.Fix::covered).count() / fixes.size();
  }

  /** Guo et al. 2017, On Calibration of Modern Neural Networks, equation 3, with ten bins. */
  private static double calibrationError(Tally alerts) {
    List<List<Tally.Scored>> bins = new ArrayList<>();
    for (int b = 0; b < 10; b++) {
      bins.add(new ArrayList<>());
    }
    alerts.found().forEach(s -> bins.get((int) Math.min(9, s.score() * 10)).add(s));
    double error = 0;
    for (List<Tally.Scored> bin : bins) {
      double said = bin.stream().mapToDouble(Tally.Scored::score).sum();
      long right = bin.stream().filter(Tally.Scored::right).count();
      error += Math.abs(said - right) / alerts.found().size();
    }
    return alerts.found().isEmpty() ? Double.NaN : error;
  }

  static @Nullable Double known(double figure) {
    return Double.isFinite(figure) ? figure : null;
  }
}
