package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.evaluate.Confusion;
import io.tocsin.scoring.evaluate.GroupBootstrap.Interval;
import io.tocsin.scoring.evaluate.LabelMetrics;
import io.tocsin.scoring.evaluate.OperatingPoint;
import org.jspecify.annotations.Nullable;

/** Metrics as JSON. What cannot be said is null; {@code reason} says why. */
final class LabelNodes {

  private static final double DIGITS = 1e6;

  private LabelNodes() {}

  /**
   * All of a label's figures; {@code interval} is that of the recall at 1 % false positives.
   *
   * @param spec how the bundle reads the label, for what its own threshold does
   */
  static LabelMetrics all(ObjectNode node, Judged judged, @Nullable LabelSpec spec) {
    LabelMetrics metrics = judged.metrics();
    figures(node, metrics);
    node.put("negatives", metrics.negatives());
    put(node, "averagePrecisionInterval", metrics.averagePrecisionInterval());
    put(node, "recallAt01pctInterval", metrics.recallAt01pctInterval());
    put(node, "calibrationError", metrics.calibrationError());
    if (spec != null) {
      OperatingPoint own = judged.at(spec.onThreshold());
      node.put("bundleThreshold", spec.onThreshold());
      put(node, "recallAtBundleThreshold", metrics.n() == 0 ? null : (Double) own.recall());
      put(
          node,
          "falsePositiveClipsAtBundleThreshold",
          metrics.negatives() == 0 ? null : (Double) own.falsePositiveRate());
    }
    ArrayNode confusions = node.putArray("hardestConfusions");
    for (Confusion confusion : judged.confusions(metrics.at1pct())) {
      ObjectNode one = confusions.addObject();
      one.put("label", confusion.heard()).put("n", confusion.n());
      one.put("aboveThreshold", confusion.passed());
      put(one, "highestScore", confusion.highest());
    }
    return metrics;
  }

  /** The figures that every label has, in a slice too. */
  static void figures(ObjectNode node, LabelMetrics metrics) {
    OperatingPoint point = metrics.at1pct();
    node.put("n", metrics.n()).put("groups", metrics.groups());
    put(node, "auc", metrics.auc());
    put(node, "aucInterval", metrics.aucInterval());
    put(node, "averagePrecision", metrics.averagePrecision());
    put(node, "recallAt1pctFpr", metrics.recallAt1pct());
    put(node, "recallAt01pctFpr", metrics.recallAt01pct());
    put(node, "interval", metrics.recallAt1pctInterval());
    if (point == null) {
      node.putNull("threshold");
    } else {
      node.put("threshold", point.threshold());
    }
    if (metrics.reason() != null) {
      node.put("reason", metrics.reason());
    }
  }

  static void put(ObjectNode node, String key, @Nullable Interval interval) {
    if (interval == null) {
      node.putNull(key);
    } else {
      node.putArray(key).add(rounded(interval.low())).add(rounded(interval.high()));
    }
  }

  static void put(ObjectNode node, String key, @Nullable Double value) {
    if (value == null) {
      node.putNull(key);
    } else {
      node.put(key, rounded(value));
    }
  }

  private static double rounded(double value) {
    return Math.round(value * DIGITS) / DIGITS;
  }
}
