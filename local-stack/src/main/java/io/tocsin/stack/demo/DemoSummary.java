package io.tocsin.stack.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The report as a person reads it. */
final class DemoSummary {

  private DemoSummary() {}

  static void print(DemoReport report, Consumer<String> out) {
    out.accept("");
    out.accept("What happened, and what was said:");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("at s", "incident", "sounds", "alert", "p", "within", "verdict"));
    for (DemoReport.Incident incident : report.truth()) {
      rows.add(row(incident, report));
    }
    for (DemoReport.FoundAlert alert : report.alerts()) {
      if (alert.incident().isEmpty() && !alert.state().equals("RETRACTED")) {
        rows.add(
            List.of(
                String.format(Locale.ROOT, "%.1f", alert.startsAtSeconds()),
                "-",
                alert.explanation(),
                alert.alertId().substring(0, 8),
                String.format(Locale.ROOT, "%.3f", alert.probability()),
                String.format(Locale.ROOT, "%.0f m", alert.semiMajorMetres()),
                "FALSE ALARM"));
      }
    }
    TextTable.lines(rows).forEach(line -> out.accept("  " + line));
    out.accept("");
    say(
        out,
        "precision %.2f, recall %.2f; %d alerts opened and taken back, %d of them for another",
        report.precision(),
        report.recall(),
        report.alertsRetracted(),
        report.alertsReplaced());
    say(
        out,
        "location error %.1f m median, %.1f m p90",
        report.locationErrorMetres().p50(),
        report.locationErrorMetres().p90());
    say(
        out,
        "latency, from publishing the last audio to reading the alert: %.0f ms median, %.0f ms"
            + " p95, %.0f ms p99",
        report.latencyMillis().p50(),
        report.latencyMillis().p95(),
        report.latencyMillis().p99());
    say(
        out,
        "%d frames (%d sent twice), %d windows scored of %d expected (%.0f a second), %d"
            + " detections, %d alert revisions",
        report.framesProduced(),
        report.framesRepeated(),
        report.windowsScored(),
        report.windowsExpected(),
        report.windowsPerSecond(),
        report.detections(),
        report.alertRevisions());
    say(
        out,
        "%d rows in PostGIS %s; %d duplicates",
        report.rowsInPostgis(),
        report.rowsByTable(),
        report.duplicates());
    if (report.differences().isEmpty()) {
      out.accept("every alert in Kafka equals its row in PostGIS");
    } else {
      report.differences().forEach(out);
    }
  }

  private static List<String> row(DemoReport.Incident incident, DemoReport report) {
    DemoReport.FoundAlert alert =
        report.alerts().stream()
            .filter(a -> a.alertId().equals(incident.alert()))
            .findFirst()
            .orElse(null);
    String verdict =
        incident.distress()
            ? (alert == null ? "MISSED" : "alerted")
            : (alert == null ? "rightly silent" : "FALSE ALARM");
    return List.of(
        String.format(Locale.ROOT, "%.1f", incident.startsAtSeconds()),
        incident.incident(),
        String.join(", ", incident.sounds()),
        alert == null ? "-" : alert.alertId().substring(0, 8),
        alert == null ? "-" : String.format(Locale.ROOT, "%.3f", alert.probability()),
        alert == null ? "-" : String.format(Locale.ROOT, "%.0f m", alert.semiMajorMetres()),
        verdict);
  }

  private static void say(Consumer<String> out, String format, Object... arguments) {
    out.accept(String.format(Locale.ROOT, format, arguments));
  }
}
