package io.tocsin.scoring.evaluate;

import io.tocsin.scoring.bundle.LabelSpec.Calibration.Platt;
import io.tocsin.scoring.evaluate.CalibrationFit.Targets;
import java.util.List;

/**
 * The logistic curve with the greatest likelihood, by Newton's method with halved steps (Lin, Lin
 * and Weng 2007, A note on Platt's probabilistic outputs, algorithm 1).
 */
final class PlattNewton {

  private static final int MOST_STEPS = 100;
  private static final double SMALLEST_STEP = 1e-10;
  private static final double RIDGE = 1e-12;
  private static final double GRADIENT_ENOUGH = 1e-8;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  private final double[] x;
  private final double[] target;
  private double a;
  private double b;

  private PlattNewton(List<Scored> sounds, Targets targets) {
    x = sounds.stream().mapToDouble(s -> Platt.logit(s.score())).toArray();
    target = sounds.stream().mapToDouble(targets::of).toArray();
    double mean = 0;
    for (double t : target) {
      mean += t / target.length;
    }
    b = Platt.logit(mean);
  }

  static Platt fit(List<Scored> sounds, Targets targets) {
    PlattNewton newton = new PlattNewton(sounds, targets);
    newton.descend();
    if (!(newton.a > 0)) {
      throw new IllegalArgumentException(
          "the score does not rise from negatives to positives (slope "
              + newton.a
              + "); it cannot be calibrated");
    }
    return new Platt(newton.a, newton.b);
  }

  private void descend() {
    double loss = loss(a, b);
    for (int step = 0; step < MOST_STEPS; step++) {
      double gradientA = 0;
      double gradientB = 0;
      double aa = RIDGE;
      double ab = 0;
      double bb = RIDGE;
      for (int i = 0; i < x.length; i++) {
        double p = 1 / (1 + Math.exp(-(a * x[i] + b)));
        gradientA += x[i] * (p - target[i]);
        gradientB += p - target[i];
        aa += x[i] * x[i] * p * (1 - p);
        ab += x[i] * p * (1 - p);
        bb += p * (1 - p);
      }
      if (Math.abs(gradientA) < GRADIENT_ENOUGH && Math.abs(gradientB) < GRADIENT_ENOUGH) {
        return;
      }
      double determinant = aa * bb - ab * ab;
      double towardsA = -(bb * gradientA - ab * gradientB) / determinant;
      double towardsB = -(aa * gradientB - ab * gradientA) / determinant;
      double slope = gradientA * towardsA + gradientB * towardsB;
      double length = 1;
      double next = loss(a + towardsA, b + towardsB);
      while (next > loss + SUFFICIENT_DECREASE * length * slope && length > SMALLEST_STEP) {
        length /= 2;
        next = loss(a + length * towardsA, b + length * towardsB);
      }
      if (length <= SMALLEST_STEP) {
        return;
      }
      a += length * towardsA;
      b += length * towardsB;
      loss = next;
    }
  }

  /** Cross-entropy of the targets, without overflow for large log odds. */
  private double loss(double slope, double offset) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double z = slope * x[i] + offset;
      sum += Math.max(z, 0) - z * target[i] + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return sum;
  }
}
