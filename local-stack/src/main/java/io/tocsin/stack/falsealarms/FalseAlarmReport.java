package io.tocsin.stack.falsealarms;

import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.association.Pattern;
import io.tocsin.association.TimeSlides;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * What time slides of a system's detections say.
 *
 * @param from first onset, ISO 8601
 * @param until last onset
 * @param sensorDays of all slides together
 */
record FalseAlarmReport(
    String from,
    String until,
    double hours,
    int sensors,
    int detections,
    int slides,
    double sensorDays,
    List<OfPattern> patterns,
    boolean published) {

  private static final List<Double> PROBABILITIES =
      List.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999);

  /**
   * Of a pattern.
   *
   * @param alertsSaid that stand and began in the span
   * @param chanceAlertsThen expected in the span of all alerts of the pattern
   * @param byProbability from the lowest that the pattern admits
   */
  record OfPattern(
      String patternId, int alertsSaid, double chanceAlertsThen, List<Step> byProbability) {}

  /**
   * At least so probable.
   *
   * @param chanceAlerts in all slides
   * @param perSensorDay their rate
   * @param perDay the same over all sensors, as an alert of that probability says it
   * @param upperBound whether so few were seen that the rates are what they are at most, with a
   *     certainty of 90 %
   */
  record Step(
      double probability,
      long chanceAlerts,
      double perSensorDay,
      double perDay,
      boolean upperBound) {}

  static FalseAlarmReport of(Heard heard, TimeSlides.Chance chance, boolean published) {
    double hours = (heard.untilMicros() - heard.fromMicros()) / 3.6e9;
    return new FalseAlarmReport(
        Instants.ofMicros(heard.fromMicros()).toString(),
        Instants.ofMicros(heard.untilMicros() - 1).toString(),
        hours,
        heard.sites().size(),
        heard.picks().size(),
        chance.slides(),
        chance.sensorDays(),
        heard.patterns().stream().map(pattern -> of(pattern, heard, chance)).toList(),
        published);
  }

  private static OfPattern of(Pattern pattern, Heard heard, TimeSlides.Chance chance) {
    FalseAlarmCurve curve = chance.curve(pattern.patternId());
    TreeSet<Double> probabilities = new TreeSet<>(PROBABILITIES);
    probabilities.removeIf(p -> p < pattern.minimumProbability());
    probabilities.add(pattern.minimumProbability());
    List<Step> steps = new ArrayList<>();
    for (double probability : probabilities) {
      long seen = curve.alertsFrom(probability);
      double rate = curve.perSensorDay(probability);
      steps.add(
          new Step(
              probability,
              seen,
              rate,
              rate * heard.sites().size(),
              seen < FalseAlarmCurve.AT_MOST_OF_NONE));
    }
    return new OfPattern(
        pattern.patternId(),
        (int)
            heard.alerts().stream()
                .map(DistressAlert::getPatternId)
                .filter(pattern.patternId()::equals)
                .count(),
        curve.alertsFrom(pattern.minimumProbability()) / (double) chance.slides(),
        steps);
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d detections of %d sensors in %.1f h, slid %d times: %.0f sensor-days",
            detections,
            sensors,
            hours,
            slides,
            sensorDays));
    for (OfPattern pattern : patterns) {
      lines.add("");
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %d alerts in that time; chance alone would make %.3g",
              pattern.patternId(),
              pattern.alertsSaid(),
              pattern.chanceAlertsThen()));
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("probability from", "chance alerts", "a sensor-day", "a day, all sensors"));
      for (Step step : pattern.byProbability()) {
        String most = step.upperBound() ? "at most " : "";
        rows.add(
            List.of(
                Double.toString(step.probability()),
                Long.toString(step.chanceAlerts()),
                most + String.format(Locale.ROOT, "%.2g", step.perSensorDay()),
                most + String.format(Locale.ROOT, "%.2g", step.perDay())));
      }
      lines.addAll(TextTable.lines(rows));
    }
    return lines;
  }
}
