package io.tocsin.scoring.detect;

import io.tocsin.scoring.window.AudioWindow;

/**
 * Picks the strongest onset of a window on its waveform, in three steps of growing finesse, on what
 * {@link NoiseModel} does not predict of the samples (AR-AIC: Sleeman and van Eck 1999, Phys. Earth
 * Planet. Inter. 113):
 *
 * <ol>
 *   <li>the 5 ms at which the level of the next 100 ms differs most from that of the 300 ms before,
 *       by the likelihood ratio of one stretch of noise against two of different variance;
 *   <li>the same around it with 10 and 40 ms behind and 150 ms before;
 *   <li>the sample that Akaike's criterion chooses there (Maeda 1985, Zisin 38): the same ratio,
 *       sample by sample.
 * </ol>
 *
 * <p>The ratio weighs how long a rise lasts, so that the clicks of rain weigh less than a cry,
 * which a ratio of short-term to long-term energy (Allen 1978, BSSA 68) over 10 ms does not.
 */
public final class OnsetPicker {

  private static final double BLOCK_SECONDS = 0.005;
  private static final int[] COARSE_BLOCKS = {20};
  private static final int COARSE_BEFORE_BLOCKS = 60;
  private static final int[] FINE_BLOCKS = {2, 8};
  private static final int FINE_BEFORE_BLOCKS = 30;
  private static final int FINE_REACH_BLOCKS = 20;
  private static final int LEAST_BEFORE_BLOCKS = 8;

  private static final double AIC_BEFORE_SECONDS = 0.060;
  private static final double AIC_AFTER_SECONDS = 0.020;
  private static final double AIC_LEAST_SECONDS = 0.001;

  private static final double RISE_BEFORE_SECONDS = 0.150;
  private static final double RISE_AFTER_SECONDS = 0.050;
  private static final double ENVELOPE_SECONDS = 0.005;
  private static final double ATTACK_SECONDS = 0.100;

  /** Amplitude of a rising sound, in that of the noise, at which it is picked (OnsetPickerTest). */
  private static final double PICKED_AMPLITUDE = 1.5;

  private static final double LEAST_SIGMA_SECONDS = 0.0003;

  /** Sigma of an onset that does not rise above the noise: it may be anywhere near. */
  private static final double FAINT_SIGMA_SECONDS = 0.030;

  /** Samples of sound are not independent: so many say as much as one that is. */
  private static final double DEPENDENT_SAMPLES = 10;

  /** Logarithm of a likelihood ratio beyond which a division weighs nothing. */
  private static final double NO_WEIGHT = 40;

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final int sampleRateHertz;

  public OnsetPicker(int sampleRateHertz) {
    this.sampleRateHertz = sampleRateHertz;
  }

  /**
   * The strongest onset of the window; every window has one, if only by chance. Of a window too
   * short for any level before an onset, its start.
   */
  public Onset pick(AudioWindow window) {
    int block = samples(BLOCK_SECONDS);
    int blocks = window.length() / Math.max(1, block);
    if (block == 0 || blocks <= LEAST_BEFORE_BLOCKS + 1) {
      long lengthMicros = window.length() * MICROS_PER_SECOND / sampleRateHertz;
      return new Onset(window.startMicros(), lengthMicros, 0);
    }
    double[] differences = differences(window.samples());
    ResidualEnergy energy =
        new ResidualEnergy(
            NoiseModel.of(differences, sampleRateHertz).residualSquares(differences), block);
    int coarse =
        largestChange(energy, LEAST_BEFORE_BLOCKS, blocks, COARSE_BEFORE_BLOCKS, COARSE_BLOCKS);
    int fine =
        largestChange(
            energy,
            Math.max(LEAST_BEFORE_BLOCKS, coarse - FINE_REACH_BLOCKS),
            Math.min(blocks, coarse + FINE_REACH_BLOCKS),
            FINE_BEFORE_BLOCKS,
            FINE_BLOCKS);
    energy.lookAt(
        Math.max(0, fine * block - samples(AIC_BEFORE_SECONDS) - samples(RISE_BEFORE_SECONDS)),
        Math.min(
            energy.samples(), fine * block + samples(AIC_AFTER_SECONDS) + samples(ATTACK_SECONDS)));
    Split split = split(energy, fine * block);
    double rise = riseDecibels(energy, split.at());
    double sigmaSeconds =
        LEAST_SIGMA_SECONDS
            + split.spreadSamples() / sampleRateHertz
            + hiddenSeconds(energy, split.at())
            + FAINT_SIGMA_SECONDS * Math.pow(10, -Math.max(0, rise) / 10);
    return new Onset(
        window.startMicros() + split.at() * MICROS_PER_SECOND / sampleRateHertz,
        Math.round(sigmaSeconds * MICROS_PER_SECOND),
        rise);
  }

  /** Takes rumble away before the noise is modelled: it would use up the model's coefficients. */
  private static double[] differences(short[] samples) {
    double[] differences = new double[samples.length];
    for (int i = 1; i < samples.length; i++) {
      differences[i] = samples[i] - samples[i - 1];
    }
    return differences;
  }

  /** The block from {@code first} to before {@code end} at which the level rises most clearly. */
  private static int largestChange(
      ResidualEnergy energy, int first, int end, int beforeBlocks, int[] afterBlocks) {
    int best = first;
    double bestGain = -1;
    for (int b = first; b < end; b++) {
      int from = Math.max(0, b - beforeBlocks);
      for (int length : afterBlocks) {
        int to = Math.min(energy.blocks(), b + length);
        if (to > b && energy.powerOfBlocks(b, to) > energy.powerOfBlocks(from, b)) {
          double gain =
              energy.costOfBlocks(from, to)
                  - energy.costOfBlocks(from, b)
                  - energy.costOfBlocks(b, to);
          if (gain > bestGain) {
            bestGain = gain;
            best = b;
          }
        }
      }
    }
    return best;
  }

  /**
   * Where the samples divide best.
   *
   * @param spreadSamples how far from there other divisions explain the samples nearly as well:
   *     root mean square, weighted by their likelihood
   */
  private record Split(int at, double spreadSamples) {}

  private Split split(ResidualEnergy energy, int near) {
    int from = Math.max(0, near - samples(AIC_BEFORE_SECONDS));
    int to = Math.min(energy.samples(), near + samples(AIC_AFTER_SECONDS));
    int first = from + samples(AIC_LEAST_SECONDS);
    double[] aic = new double[Math.max(1, to - samples(AIC_LEAST_SECONDS) - first)];
    double undivided = energy.cost(from, to);
    int best = 0;
    for (int k = 0; k < aic.length; k++) {
      int at = first + k;
      boolean rises = energy.power(at, to) > energy.power(from, at);
      aic[k] = rises ? energy.cost(from, at) + energy.cost(at, to) : undivided;
      if (aic[k] < aic[best]) {
        best = k;
      }
    }
    double weights = 0;
    double squares = 0;
    for (int k = 0; k < aic.length; k++) {
      double unlikelier = (aic[k] - aic[best]) / 2 / DEPENDENT_SAMPLES;
      if (unlikelier > NO_WEIGHT) {
        continue;
      }
      double weight = Math.exp(-unlikelier);
      weights += weight;
      squares += weight * (k - best) * (k - best);
    }
    return new Split(first + best, Math.sqrt(squares / weights));
  }

  private double riseDecibels(ResidualEnergy energy, int at) {
    int from = Math.max(0, at - samples(RISE_BEFORE_SECONDS));
    int to = Math.min(energy.samples(), at + samples(RISE_AFTER_SECONDS));
    return 10 * Math.log10(energy.power(at, to) / energy.power(from, at));
  }

  /**
   * How much of the attack may lie hidden in the noise before {@code at}. A sound that still rises
   * behind its pick began before it: its amplitude, drawn back in a straight line from half its
   * peak's power through the pick, meets zero there. Zero for what sets in at once.
   */
  private double hiddenSeconds(ResidualEnergy energy, int at) {
    double before = energy.power(Math.max(0, at - samples(RISE_BEFORE_SECONDS)), at);
    int length = samples(ENVELOPE_SECONDS);
    int last = Math.min(energy.samples(), at + samples(ATTACK_SECONDS)) - length;
    double peak = 0;
    for (int n = at; n <= last; n++) {
      peak = Math.max(peak, energy.energy(n, n + length));
    }
    int half = at;
    while (half < last && energy.energy(half, half + length) < peak / 2) {
      half++;
    }
    double halfAmplitude = Math.sqrt(Math.max(0, peak / length / before - 1) / 2);
    double visible = Math.max(halfAmplitude - PICKED_AMPLITUDE, PICKED_AMPLITUDE / 2);
    return (double) (half - at) / sampleRateHertz * PICKED_AMPLITUDE / visible;
  }

  private int samples(double seconds) {
    return (int) Math.round(seconds * sampleRateHertz);
  }
}
