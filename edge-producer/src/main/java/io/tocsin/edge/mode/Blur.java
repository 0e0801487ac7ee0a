package io.tocsin.edge.mode;

import java.util.Random;

/**
 * Noise in place of sound. Of the sound it keeps the level in each octave from 250 Hz on over half
 * a second, and nothing else: not a sample, no pitch, no phase, and no change faster than those
 * half seconds. What makes speech understood are changes of level between about 2 and 16 Hz in each
 * band (Drullman, Festen and Plomp 1994, J. Acoust. Soc. Am. 95: without those above 2 Hz next to
 * nothing is).
 */
final class Blur {

  /** The shortest stretch over which a level is told. */
  static final double BLOCK_SECONDS = 0.5;

  private static final double[] OCTAVES = {250, 500, 1_000, 2_000, 4_000};
  private static final double BAND_QUALITY = Math.sqrt(2);
  private static final double HIGHEST_OF_NYQUIST = 0.9;

  private Blur() {}

  /** As much noise as there is sound. */
  static short[] blurred(short[] samples, int sampleRateHertz) {
    int blocks = Math.max(1, (int) (samples.length / (BLOCK_SECONDS * sampleRateHertz)));
    double[] sum = new double[samples.length];
    Random random = new Random();
    double[] white = new double[samples.length];
    for (int i = 0; i < white.length; i++) {
      white[i] = random.nextGaussian();
    }
    double[] sound = new double[samples.length];
    for (int i = 0; i < sound.length; i++) {
      sound[i] = samples[i];
    }
    for (double centre : OCTAVES) {
      if (centre < HIGHEST_OF_NYQUIST * sampleRateHertz / 2) {
        double[] band = band(sound, centre, sampleRateHertz);
        double[] noise = band(white, centre, sampleRateHertz);
        for (int b = 0; b < blocks; b++) {
          int from = (int) ((long) samples.length * b / blocks);
          int to = (int) ((long) samples.length * (b + 1) / blocks);
          double noisePower = power(noise, from, to);
          double gain = noisePower > 0 ? Math.sqrt(power(band, from, to) / noisePower) : 0;
          for (int i = from; i < to; i++) {
            sum[i] += gain * noise[i];
          }
        }
      }
    }
    short[] blurred = new short[samples.length];
    for (int i = 0; i < blurred.length; i++) {
      blurred[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum[i])));
    }
    return blurred;
  }

  private static double power(double[] samples, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += samples[i] * samples[i];
    }
    return sum / Math.max(1, to - from);
  }

  /** A band of an octave: a second-order section of constant peak gain. */
  private static double[] band(double[] samples, double centreHertz, int sampleRateHertz) {
    double omega = 2 * Math.PI * centreHertz / sampleRateHertz;
    double alpha = Math.sin(omega) / (2 * BAND_QUALITY);
    double scale = 1 + alpha;
    double b = alpha / scale;
    double a1 = -2 * Math.cos(omega) / scale;
    double a2 = (1 - alpha) / scale;
    double[] filtered = new double[samples.length];
    for (int i = 0; i < samples.length; i++) {
      double before = i < 2 ? 0 : samples[i - 2];
      double last = i < 1 ? 0 : filtered[i - 1];
      double secondLast = i < 2 ? 0 : filtered[i - 2];
      filtered[i] = b * (samples[i] - before) - a1 * last - a2 * secondLast;
    }
    return filtered;
  }
}
