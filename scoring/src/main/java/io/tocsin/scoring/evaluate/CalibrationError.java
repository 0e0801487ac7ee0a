package io.tocsin.scoring.evaluate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far probabilities are from what happens. */
public final class CalibrationError {

  private static final int BINS = 10;

  private CalibrationError() {}

  /**
   * Expected calibration error: the mean gap between probability and share of positives, over ten
   * bins of equal width, weighted by their sounds (Guo et al. 2017, On Calibration of Modern Neural
   * Networks, equation 3; here of the label's probability).
   *
   * @param sounds their scores are probabilities
   * @return from 0 to 1; null without a sound
   */
  public static @Nullable Double expected(List<Scored> sounds) {
    if (sounds.isEmpty()) {
      return null;
    }
    double[] excess = new double[BINS];
    for (Scored sound : sounds) {
      if (sound.score() < 0 || sound.score() > 1) {
        throw new IllegalArgumentException(
            "probability is " + sound.score() + "; 0 to 1 is wanted");
      }
      int bin = Math.min(BINS - 1, (int) (sound.score() * BINS));
      excess[bin] += sound.score() - (sound.positive() ? 1 : 0);
    }
    double sum = 0;
    for (double gap : excess) {
      sum += Math.abs(gap);
    }
    return sum / sounds.size();
  }
}
