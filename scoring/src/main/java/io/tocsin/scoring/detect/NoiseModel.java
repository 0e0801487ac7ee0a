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
      for (int i = b * block; i < Math.min(samples.length, (b + 1) * block); i++) {
        energy[b] += samples[i] * samples[i];
      }
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
        for (int lag = 0; lag <= ORDER; lag++) {
          double sum = 0;
          for (int i = b * block + lag; i < end; i++) {
            sum += samples[i] * samples[i - lag];
          }
          correlation[lag] += sum;
        }
      }
    }
    correlation[0] = correlation[0] * (1 + WHITE_SHARE) + count * QUANTISATION_POWER;
    return new NoiseModel(levinson(correlation));
  }

  /**
   * Energy of what the model does not predict, summed up: entry n is the energy before sample n.
   */
  double[] residualEnergy(double[] samples) {
    double[] sum = new double[samples.length + 1];
    for (int i = 0; i < samples.length; i++) {
      double residual = samples[i];
      int known = Math.min(ORDER, i);
      for (int k = 1; k <= known; k++) {
        residual += coefficients[k] * samples[i - k];
      }
      sum[i + 1] = sum[i] + residual * residual + QUANTISATION_POWER;
    }
    return sum;
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
