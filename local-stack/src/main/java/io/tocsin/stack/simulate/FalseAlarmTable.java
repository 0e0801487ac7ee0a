package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.evaluation.FalseAlarms;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** False alerts against their probability, for people: as they were and as slides say. */
final class FalseAlarmTable {

  private FalseAlarmTable() {}

  /** Such as 0.950, and nearer to 1 as 1-3.2e-08. */
  private static String probability(double probability) {
    return probability > 0.999 && probability < 1
        ? String.format(Locale.ROOT, "1-%.1e", 1 - probability)
        : String.format(Locale.ROOT, "%.3f", probability);
  }

  /** Nothing without slides. */
  static List<String> lines(@Nullable FalseAlarms slid) {
    if (slid == null) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "probability",
            "recall",
            "false",
            "misplaced",
            "by chance a sensor-day",
            "95 % interval",
            "in slides",
            "a sensor-day",
            "95 % interval",
            "of 0, 1, 2 real sounds"));
    for (FalseAlarms.Row row : slid.byThreshold()) {
      rows.add(
          List.of(
              probability(row.threshold()),
              ReportTable.text(row.recall()),
              Long.toString(row.observedAlerts()),
              Long.toString(row.misplacedAlerts()),
              ReportTable.text(row.chance()),
              ReportTable.text(row.chanceInterval()),
              Long.toString(row.predictedAlerts()),
              ReportTable.text(row.predicted()),
              ReportTable.text(row.predictedInterval()),
              row.predictedBySounds().toString()));
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "false alerts of %.0f sensor-days, and of %.0f in %d slides",
            slid.sensorDays(),
            slid.slidSensorDays(),
            slid.slides()));
    lines.addAll(TextTable.lines(rows));
    return lines;
  }
}
