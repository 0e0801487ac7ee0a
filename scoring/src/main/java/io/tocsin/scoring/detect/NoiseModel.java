package io.tocsin.scoring.detect;

import java.util.Arrays;

/**
 * What the quieter half of a window sounds like: an autoregressive model by the autocorrelation
 * method and Levinson's recursion (Makhoul 1975, Proc. IEEE 63). Against it a sound stands out in
 * every band in which it is louder than the noise; rumble and hum, which would hide onsets and are
 * everywhere out of doors, are predicted away.
 */
final class NoiseModel {

  private static final int ORDER = 8;
  private static final double BLOCK_SECONDS = 0.020;

  /** Keeps bands that are empty in the noise, as behind a codec, from counting without bound. */
  private static final double WHITE_SHARE = 1e-3;

  /** Stands for the quantisation's own noise, so that digital silence has a level. */
  private static final double QUANTISATION_POWER = 0.1;

  private final double[] coefficients;

  private NoiseModel(double[] coefficients) {
    this.coefficients = coefficients;
  }

  /** Of the quieter half of blocks of 20 ms; {@code samples} are at least one such block. */
  static NoiseModel of(double[] samples, int sampleRateHertz) {
    int block = Math.max(ORDER + 1, (int) (BLOCK_SECONDS * sampleRateHertz));
    int blocks = Math.max(1, samples.length / block);
    double[] energy = new double[blocks];
    for (int b = 0; b < blocks; b++) {
      energy[b] = energy(samples, b * block, Math.min(samples.length, (b + 1) * block));
    }
    double[] sorted = energy.clone();
    Arrays.sort(sorted);
    double quiet = sorted[(blocks - 1) / 2];
    double[] correlation = new double[ORDER + 1];
    int count = 0;
    for (int b = 0; b < blocks; b++) {
      if (energy[b] <= quiet) {
        int end = Math.min(samples.length, (b + 1) * block);
        count += end - b * block;
        addCorrelation(samples, b * block, end, correlation);
      }
    }
    correlation[0] = correlation[0] * (1 + WHITE_SHARE) + count * QUANTISATION_POWER;
    return new NoiseModel(levinson(correlation));
  }

  private static double energy(double[] samples, int from, int to) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      s0 += samples[i] * samples[i];
      s1 += samples[i + 1] * samples[i + 1];
      s2 += samples[i + 2] * samples[i + 2];
      s3 += samples[i + 3] * samples[i + 3];
    }
    for (; i < to; i++) {
      s0 += samples[i] * samples[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Squares of what the model does not predict of {@code samples}. */
  double[] residualSquares(double[] samples) {
    double[] squares = new double[samples.length];
    int warm = Math.min(ORDER, samples.length);
    for (int i = 0; i < warm; i++) {
      double residual = samples[i];
      for (int k = 1; k <= i; k++) {
        residual += coefficients[k] * samples[i - k];
      }
      squares[i] = residual * residual + QUANTISATION_POWER;
    }
    double[] c = coefficients;
    double c1 = c[1];
    double c2 = c[2];
    double c3 = c[3];
    double c4 = c[4];
    double c5 = c[5];
    double c6 = c[6];
    double c7 = c[7];
    double c8 = c[8];
    for (int i = ORDER; i < samples.length; i++) {
      // In parts that do not wait for each other: this is a third of the cost of a pick.
      double residual =
          (samples[i] + c1 * samples[i - 1] + c2 * samples[i - 2])
              + (c3 * samples[i - 3] + c4 * samples[i - 4])
              + (c5 * samples[i - 5] + c6 * samples[i - 6])
              + (c7 * samples[i - 7] + c8 * samples[i - 8]);
      squares[i] = residual * residual + QUANTISATION_POWER;
    }
    return squares;
  }

  /** Adds the products of samples up to {@link #ORDER} apart from {@code from} to {@code end}. */
  private static void addCorrelation(double[] samples, int from, int end, double[] correlation) {
    int warm = Math.min(end, from + ORDER);
    for (int i = from; i < warm; i++) {
      for (int lag = 0; lag <= i - from; lag++) {
        correlation[lag] += samples[i] * samples[i - lag];
      }
    }
    // All lags in one pass: nine sums that do not wait for each other.
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    double s8 = 0;
    for (int i = warm; i < end; i++) {
      double x = samples[i];
      s0 += x * x;
      s1 += x * samples[i - 1];
      s2 += x * samples[i - 2];
      s3 += x * samples[i - 3];
      s4 += x * samples[i - 4];
      s5 += x * samples[i - 5];
      s6 += x * samples[i - 6];
      s7 += x * samples[i - 7];
      s8 += x * samples[i - 8];
    }
    double[] sums = {s0, s1, s2, s3, s4, s5, s6, s7, s8};
    for (int lag = 0; lag <= ORDER; lag++) {
      correlation[lag] += sums[lag];
    }
  }

  private static double[] levinson(double[] correlation) {
    double[] a = new double[correlation.length];
    a[0] = 1;
    double error = correlation[0];
    for (int order = 1; order < correlation.length; order++) {
      double sum = 0;
      for (int k = 0; k < order; k++) {
        sum += a[k] * correlation[order - k];
      }
      double reflection = -sum / error;
      double[] next = a.clone();
      for (int k = 1; k <= order; k++) {
        next[k] = a[k] + reflection * a[order - k];
      }
      a = next;
      error *= 1 - reflection * reflection;
    }
    return a;
  }
}
