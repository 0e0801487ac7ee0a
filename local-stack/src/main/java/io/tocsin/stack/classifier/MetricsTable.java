package io.tocsin.stack.classifier;

import io.tocsin.scoring.evaluate.GroupBootstrap.Interval;
import io.tocsin.scoring.evaluate.LabelMetrics;
import io.tocsin.scoring.evaluate.OperatingPoint;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Metrics for people: a line a label. */
final class MetricsTable {

  private final List<List<String>> rows = new ArrayList<>();

  MetricsTable() {
    rows.add(
        List.of(
            "bundle",
            "of",
            "label",
            "clips (sources)",
            "AUC",
            "average precision",
            "recall at 1 % FPR",
            "at 0.1 %",
            "calibration error",
            "threshold at 1 %"));
  }

  /** A line. {@code of} names the clips that it is about. */
  void add(String bundle, String of, String label, LabelMetrics metrics) {
    OperatingPoint point = metrics.at1pct();
    rows.add(
        List.of(
            bundle,
            of,
            label,
            metrics.n() + " (" + metrics.groups() + ")",
            text(metrics.auc(), metrics.aucInterval()),
            text(metrics.averagePrecision(), metrics.averagePrecisionInterval()),
            text(metrics.recallAt1pct(), metrics.recallAt1pctInterval()),
            text(metrics.recallAt01pct(), metrics.recallAt01pctInterval()),
            text(metrics.calibrationError(), null),
            point == null ? "-" : String.format(Locale.ROOT, "%.3f", point.threshold())));
  }

  List<String> lines() {
    return TextTable.lines(rows);
  }

  private static String text(@Nullable Double value, @Nullable Interval interval) {
    if (value == null) {
      return "-";
    }
    String text = String.format(Locale.ROOT, "%.3f", value);
    return interval == null
        ? text
        : text + String.format(Locale.ROOT, " [%.2f, %.2f]", interval.low(), interval.high());
  }
}
