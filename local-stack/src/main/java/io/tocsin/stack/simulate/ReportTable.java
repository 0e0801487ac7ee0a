package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.evaluation.Bootstrap;
import io.tocsin.simulator.city.evaluation.FalseAlarms;
import io.tocsin.simulator.city.evaluation.Report;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A report for people. */
final class ReportTable {

  private final Report report;
  private final List<List<String>> rows = new ArrayList<>();

  private ReportTable(Report report) {
    this.report = report;
  }

  static List<String> lines(Report report) {
    ReportTable table = new ReportTable(report);
    table.rows.add(List.of("figure", "value", "95 % interval"));
    table.row("sounds (of 4 audible sensors): F1", report.f1(), "f1");
    table.row("  precision", report.precision(), "precision");
    table.row("  recall", report.recall(), "recall");
    table.row("  location error p50, m", report.locationErrorMetres().p50(), "");
    table.row(
        "  location error p90, m", report.locationErrorMetres().p90(), "locationErrorP90Metres");
    table.row(
        "  location error p90 from 6 sensors, m",
        report.detail().locationErrorFromSixSensors().p90(),
        "");
    table.row("  95 % ellipses that hold the truth", report.ellipseCoverage(), "ellipseCoverage");
    table.row("  splits", (double) report.splits(), "");
    table.row("  merges", (double) report.merges(), "");
    table.row("alerts: F1", report.detail().alerts().f1(), "alertsF1");
    table.row("  precision", report.detail().alerts().precision(), "");
    table.row("  recall", report.detail().alerts().recall(), "");
    table.row("  latency p50, ms", report.latencyMillis().p50(), "");
    table.row("  latency p99, ms", report.latencyMillis().p99(), "");
    table.row("  false, a sensor-day", report.falseAlertsPerSensorDay(), "");
    table.parts();
    table.row("  calibration error", report.expectedCalibrationError(), "");
    table.falseAlarms();
    if (report.decoysFused() != null) {
      table.row("  decoys fused", report.decoysFused(), "");
    }
    report
        .baselines()
        .forEach(
            (name, worth) -> {
              table.row(name + ": F1 of sounds", worth.f1(), "");
              table.row(name + ": F1 of alerts", worth.alertsF1(), "");
            });
    List<String> lines = new ArrayList<>(TextTable.lines(table.rows));
    lines.addAll(FalseAlarmTable.lines(report.detail().falseAlarms()));
    return lines;
  }

  /** Of the false ones; with slides, their rows have them. */
  private void parts() {
    if (report.detail().falseAlarms() == null) {
      row("    of these by chance", report.detail().observedChanceAlarmRate(), "");
      row("    true pairs, misplaced", report.detail().observedMisplacedAlarmRate(), "");
    }
  }

  private void falseAlarms() {
    FalseAlarms slid = report.detail().falseAlarms();
    if (slid == null) {
      row("  false as predicted, a sensor-day", report.predictedFalseAlarmRate(), "");
      return;
    }
    rows.add(
        List.of(
            "  false at recall " + text(slid.atRecall().recall()) + ", a sensor-day",
            text(slid.atRecall().observed()),
            text(slid.atRecall().observedInterval())));
    rows.add(
        List.of(
            "    of these by chance",
            text(slid.atRecall().chance()),
            text(slid.atRecall().chanceInterval())));
    rows.add(List.of("    true pairs, misplaced", text(slid.atRecall().misplaced()), ""));
    rows.add(
        List.of(
            "  by chance as time slides say",
            text(slid.atRecall().predicted()),
            text(slid.atRecall().predictedInterval())));
  }

  private void row(String name, @Nullable Double value, String interval) {
    Bootstrap.Interval bounds = report.detail().intervals().get(interval);
    rows.add(List.of(name, text(value), bounds == null ? "" : text(bounds)));
  }

  static String text(Bootstrap.Interval bounds) {
    return text(bounds.low()) + " to " + text(bounds.high());
  }

  static String text(@Nullable Double value) {
    if (value == null) {
      return "unknown";
    }
    double size = Math.abs(value);
    return size != 0 && size < 0.001
        ? String.format(Locale.ROOT, "%.1e", value)
        : String.format(Locale.ROOT, size < 10 ? "%.3f" : "%.0f", value);
  }
}
