package io.tocsin.scoring.bundle;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.List;
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

  /** Raw score to probability, never falling where the score rises. */
  public sealed interface Calibration extends Serializable {

    /** The probability that belongs to a raw score from 0 to 1. */
    double probability(double score);

    /**
     * What bundle.yaml says: {@code {kind: platt, a, b}} or {@code {kind: isotonic, scores,
     * probabilities}}.
     *
     * @throws BundleException if the kind is unknown, or its numbers make no sense
     */
    @JsonCreator
    static Calibration of(
        @JsonProperty("kind") @Nullable String kind,
        @JsonProperty("a") double a,
        @JsonProperty("b") double b,
        @JsonProperty("scores") @Nullable List<Double> scores,
        @JsonProperty("probabilities") @Nullable List<Double> probabilities) {
      if ("platt".equals(kind)) {
        return new Platt(a, b);
      }
      if ("isotonic".equals(kind)) {
        BundleManifest.wanted("calibration.scores", scores);
        BundleManifest.wanted("calibration.probabilities", probabilities);
        return new Isotonic(
            scores == null ? List.of() : scores, probabilities == null ? List.of() : probabilities);
      }
      throw new BundleException("calibration kind is '" + kind + "'; platt and isotonic are known");
    }

    /**
     * Platt's scaling on the score's log odds: probability = 1 / (1 + exp(−(a·logit(score) + b)))
     * (Platt 1999, here of a score that is itself a probability).
     */
    record Platt(double a, double b) implements Calibration {

      private static final double EDGE = 1e-7;

      public Platt {
        if (!(a > 0 && Double.isFinite(a) && Double.isFinite(b))) {
          throw new BundleException(
              "calibration has a " + a + " and b " + b + "; a above 0 and a finite b are wanted");
        }
      }

      @Override
      public double probability(double score) {
        return 1 / (1 + Math.exp(-(a * logit(score) + b)));
      }

      /** Log odds of a score; 0 and 1 are taken a little inside. */
      public static double logit(double score) {
        double clipped = Math.max(EDGE, Math.min(1 - EDGE, score));
        return Math.log(clipped / (1 - clipped));
      }
    }

    /**
     * A map that rises from point to point in straight lines and is level beyond its ends, as
     * isotonic regression gives it (Zadrozny and Elkan 2002).
     *
     * @param scores ascending, none twice
     * @param probabilities one for each score, from 0 to 1, never falling
     */
    record Isotonic(List<Double> scores, List<Double> probabilities) implements Calibration {

      public Isotonic {
        scores = List.copyOf(scores);
        probabilities = List.copyOf(probabilities);
        if (scores.isEmpty() || scores.size() != probabilities.size()) {
          throw new BundleException(
              "isotonic calibration has "
                  + scores.size()
                  + " scores and "
                  + probabilities.size()
                  + " probabilities; as many of each are wanted, one at least");
        }
        for (int i = 0; i < scores.size(); i++) {
          double before = i == 0 ? Double.NEGATIVE_INFINITY : scores.get(i - 1);
          double least = i == 0 ? 0 : probabilities.get(i - 1);
          double probability = probabilities.get(i);
          if (!(scores.get(i) > before && probability >= least && probability <= 1)) {
            throw new BundleException(
                "isotonic calibration has probability "
                    + probability
                    + " at score "
                    + scores.get(i)
                    + "; ascending scores and never falling probabilities from 0 to 1 are wanted");
          }
        }
      }

      @Override
      public double probability(double score) {
        int last = scores.size() - 1;
        if (!(score > scores.get(0))) {
          return probabilities.get(0);
        }
        if (score >= scores.get(last)) {
          return probabilities.get(last);
        }
        int above = 1;
        while (scores.get(above) < score) {
          above++;
        }
        double from = scores.get(above - 1);
        double share = (score - from) / (scores.get(above) - from);
        double low = probabilities.get(above - 1);
        return low + share * (probabilities.get(above) - low);
      }
    }
  }
}
