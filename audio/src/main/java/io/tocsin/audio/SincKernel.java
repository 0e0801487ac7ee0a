package io.tocsin.audio;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The interpolation kernel between two rates, sampled where outputs lie. To work it out costs as
 * much as to filter seconds of sound, so those lately used are kept for all streams. Safe for use
 * by several threads.
 */
final class SincKernel {

  private static final double STOPBAND_DECIBELS = 80;
  private static final double PASSBAND_SHARE = 0.90;
  private static final double BETA = 0.1102 * (STOPBAND_DECIBELS - 8.7);
  private static final int MOST_KEPT = 16;

  /** A ratio of rates in its lowest terms. */
  private record Ratio(int from, int to) {}

  private static final Map<Ratio, SincKernel> LATELY_USED =
      new LinkedHashMap<>(MOST_KEPT, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Ratio, SincKernel> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private final int half;
  private final double cutoff;
  private final int phases;
  private final AtomicReferenceArray<float[]> tapsByPhase;

  private SincKernel(Ratio ratio) {
    double nyquist = 0.5 * Math.min(1.0, (double) ratio.to() / ratio.from());
    double transition = (1 - PASSBAND_SHARE) * nyquist;
    this.half = (int) Math.ceil((STOPBAND_DECIBELS - 7.95) / (14.36 * transition) / 2);
    this.phases = ratio.to();
    this.cutoff = nyquist - transition / 2;
    this.tapsByPhase = new AtomicReferenceArray<>(phases);
  }

  /**
   * The kernel from one rate to another.
   *
   * @param from rates in their lowest terms
   */
  static SincKernel of(int from, int to) {
    synchronized (LATELY_USED) {
      return LATELY_USED.computeIfAbsent(new Ratio(from, to), SincKernel::new);
    }
  }

  /** Samples of the input on each side of an output that it needs. */
  int half() {
    return half;
  }

  /**
   * Weights of {@code 2·half + 2} input samples for outputs that lie {@code phase / to} of an input
   * sample late. Not to be written to.
   */
  float[] taps(int phase) {
    float[] known = tapsByPhase.get(phase);
    if (known == null) {
      known = sampled(phase);
      tapsByPhase.set(phase, known);
    }
    return known;
  }

  /** The kernel sampled for outputs that lie {@code phase / phases} of an input sample late. */
  private float[] sampled(int phase) {
    double fraction = (double) phase / phases;
    double[] kernel = new double[2 * half + 2];
    double gain = 0;
    for (int k = -half; k <= half + 1; k++) {
      double x = k - fraction;
      double edge = x / (half + 1);
      double window =
          Math.abs(edge) >= 1 ? 0 : bessel0(BETA * Math.sqrt(1 - edge * edge)) / bessel0(BETA);
      double sinc =
          Math.abs(x) < 1e-12 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
      kernel[k + half] = sinc * window;
      gain += sinc * window;
    }
    float[] taps = new float[kernel.length];
    for (int i = 0; i < taps.length; i++) {
      taps[i] = (float) (kernel[i] / gain);
    }
    return taps;
  }

  /** Modified Bessel function of the first kind, order zero, by its power series. */
  private static double bessel0(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-12; k++) {
      term *= (x / 2 / k) * (x / 2 / k);
      sum += term;
    }
    return sum;
  }
}
