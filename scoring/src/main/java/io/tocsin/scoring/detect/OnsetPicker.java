package io.tocsin.scoring.detect;

import io.tocsin.scoring.window.AudioWindow;

/**
 * Picks the strongest onset of a window on its waveform: the largest ratio of short-term to
 * long-term energy finds it roughly (Allen 1978, BSSA 68), Akaike's criterion on the samples around
 * finds the sample (Maeda 1985, Zisin 38): the split into two stretches of noise of different
 * variance that explains the samples best.
 */
public final class OnsetPicker {

  private static final double SHORT_SECONDS = 0.010;
  private static final double LONG_SECONDS = 0.150;
  private static final double LEAST_LONG_SECONDS = 0.040;
  private static final double AIC_HALF_SECONDS = 0.060;
  private static final double AFTER_SECONDS = 0.050;
  private static final double ENVELOPE_SECONDS = 0.005;
  private static final double ATTACK_SECONDS = 0.100;

  /** Amplitude of a rising sound, in that of the noise, at which it is picked (OnsetPickerTest). */
  private static final double PICKED_AMPLITUDE = 1.5;

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final int sampleRateHertz;

  public OnsetPicker(int sampleRateHertz) {
    this.sampleRateHertz = sampleRateHertz;
  }

  /** The strongest onset of the window; every window has one, if only by chance. */
  public Onset pick(AudioWindow window) {
    double[] energy = cumulativeEnergy(window.samples());
    int rough = rough(energy);
    int split = aicSplit(energy, rough);
    double rise = rise(energy, split);
    long atMicros = window.startMicros() + (long) split * MICROS_PER_SECOND / sampleRateHertz;
    return new Onset(atMicros, sigmaMicros(rise, hiddenSeconds(energy, split)), rise);
  }

  /**
   * Energy of the first difference, summed up: the difference takes away rumble, which would hide
   * onsets and is everywhere out of doors. Entry n is the energy before sample n.
   */
  private static double[] cumulativeEnergy(short[] samples) {
    double[] sum = new double[samples.length + 1];
    int previous = samples.length == 0 ? 0 : samples[0];
    for (int i = 0; i < samples.length; i++) {
      double difference = samples[i] - previous;
      previous = samples[i];
      // The constant stands for the quantisation's own noise, so that digital silence has a level.
      sum[i + 1] = sum[i] + difference * difference + 0.1;
    }
    return sum;
  }

  private int rough(double[] energy) {
    int shortLength = samples(SHORT_SECONDS);
    int longLength = samples(LONG_SECONDS);
    int best = samples(LEAST_LONG_SECONDS);
    double bestRatio = -1;
    for (int n = best; n + shortLength < energy.length; n++) {
      int from = Math.max(0, n - longLength);
      double before = (energy[n] - energy[from]) / (n - from);
      double after = (energy[n + shortLength] - energy[n]) / shortLength;
      double ratio = after / before;
      if (ratio > bestRatio) {
        bestRatio = ratio;
        best = n;
      }
    }
    return best;
  }

  private int aicSplit(double[] energy, int rough) {
    int from = Math.max(0, rough - samples(AIC_HALF_SECONDS));
    int to = Math.min(energy.length - 1, rough + samples(AIC_HALF_SECONDS) / 3);
    int margin = samples(0.001);
    int best = rough;
    double bestAic = Double.POSITIVE_INFINITY;
    for (int n = from + margin; n < to - margin; n++) {
      double before = (energy[n] - energy[from]) / (n - from);
      double after = (energy[to] - energy[n]) / (to - n);
      double aic = (n - from) * Math.log(before) + (to - n) * Math.log(after);
      if (aic < bestAic) {
        bestAic = aic;
        best = n;
      }
    }
    return best;
  }

  private double rise(double[] energy, int at) {
    int from = Math.max(0, at - samples(LONG_SECONDS));
    int to = Math.min(energy.length - 1, at + samples(AFTER_SECONDS));
    double before = (energy[at] - energy[from]) / Math.max(1, at - from);
    double after = (energy[to] - energy[at]) / Math.max(1, to - at);
    return 10 * Math.log10(Math.max(1e-9, after) / Math.max(1e-9, before));
  }

  /**
   * How much of the attack may lie hidden in the noise before {@code at}. A sound that still rises
   * behind its pick began before it: its amplitude, drawn back in a straight line from half its
   * peak's power through the pick, meets zero there. Zero for what sets in at once.
   */
  private double hiddenSeconds(double[] energy, int at) {
    int from = Math.max(0, at - samples(LONG_SECONDS));
    double before = Math.max(1e-9, (energy[at] - energy[from]) / Math.max(1, at - from));
    int length = samples(ENVELOPE_SECONDS);
    int last = Math.min(energy.length - 1, at + samples(ATTACK_SECONDS)) - length;
    double peak = 0;
    for (int n = at; n <= last; n++) {
      peak = Math.max(peak, energy[n + length] - energy[n]);
    }
    int half = at;
    while (half < last && energy[half + length] - energy[half] < peak / 2) {
      half++;
    }
    double halfAmplitude = Math.sqrt(Math.max(0, peak / length / before - 1) / 2);
    double visible = Math.max(halfAmplitude - PICKED_AMPLITUDE, PICKED_AMPLITUDE / 2);
    return (double) (half - at) / sampleRateHertz * PICKED_AMPLITUDE / visible;
  }

  /** Measured on onsets set into background noise (OnsetPickerTest): it falls with the rise. */
  private static long sigmaMicros(double riseDecibels, double hiddenSeconds) {
    double millis = 1.0 + 30.0 * Math.pow(10, -Math.max(0, riseDecibels) / 12);
    return Math.round(millis * 1_000 + hiddenSeconds * MICROS_PER_SECOND);
  }

  private int samples(double seconds) {
    return (int) Math.round(seconds * sampleRateHertz);
  }
}
