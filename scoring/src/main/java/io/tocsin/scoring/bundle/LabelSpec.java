package io.tocsin.scoring.bundle;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a label's raw scores are read.
 *
 * @param name the label, such as glass_shatter
 * @param calibration raw score to probability
 * @param onThreshold raw score at which a detection begins
 * @param offThreshold raw score below which it ends; at most {@code onThreshold}
 * @param minimumWindows consecutive windows at or above {@code offThreshold} that make a detection
 * @param mergeWindows most windows between two stretches that still make them one detection; 0
 *     keeps every stretch apart
 * @param falsePositiveRate share of background windows at or above {@code onThreshold} in the data
 *     the threshold was set on; null when not stated
 */
public record LabelSpec(
    String name,
    Calibration calibration,
    float onThreshold,
    float offThreshold,
    int minimumWindows,
    int mergeWindows,
    @Nullable Double falsePositiveRate) {

  public LabelSpec {
    BundleManifest.wanted("labels.name", name);
    BundleManifest.wanted("labels.calibration", calibration);
    if (!(onThreshold > 0 && onThreshold <= 1 && offThreshold > 0 && offThreshold <= onThreshold)) {
      throw new BundleException(
          "label "
              + name
              + " has onThreshold "
              + onThreshold
              + " and offThreshold "
              + offThreshold
              + "; 0 < off <= on <= 1 is wanted");
    }
    minimumWindows = Math.max(1, minimumWindows);
    mergeWindows = Math.max(0, mergeWindows);
  }

  /**
   * Platt's scaling on the score's log odds: probability = 1 / (1 + exp(−(a·logit(score) + b)))
   * (Platt 1999, here of a score that is itself a probability).
   */
  public record Calibration(String kind, double a, double b) implements Serializable {

    private static final double EDGE = 1e-7;

    public Calibration {
      if (!"platt".equals(kind)) {
        throw new BundleException("calibration kind is '" + kind + "'; platt is known");
      }
      if (!(a > 0 && Double.isFinite(a) && Double.isFinite(b))) {
        throw new BundleException(
            "calibration has a " + a + " and b " + b + "; a above 0 and a finite b are wanted");
      }
    }

    /** The probability that belongs to a raw score from 0 to 1. */
    public double probability(double score) {
      double clipped = Math.max(EDGE, Math.min(1 - EDGE, score));
      return 1 / (1 + Math.exp(-(a * Math.log(clipped / (1 - clipped)) + b)));
    }
  }
}
