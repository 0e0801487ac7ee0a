package io.tocsin.scoring.inference;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.SecondOpinionSpec;

/**
 * Decides which windows want a second opinion: those whose highest score of a label lies in the
 * band, and a sample of all.
 *
 * @param labelOutputs the bundle's outputs that are labels; those of background do not count
 */
record Doubt(SecondOpinionSpec spec, int[] labelOutputs) {

  private static final int BITS_OF_SHARE = 53;

  static Doubt of(ModelBundle bundle, SecondOpinionSpec spec) {
    return new Doubt(
        spec,
        bundle.labels().stream()
            .mapToInt(label -> bundle.outputs().indexOf(label.name()))
            .toArray());
  }

  /** The same for the same scores and key, on any machine. */
  boolean concerns(float[] scores, long key) {
    double best = 0;
    for (int output : labelOutputs) {
      best = Math.max(best, scores[output]);
    }
    return (best >= spec.low() && best <= spec.high()) || share(key) < spec.sample();
  }

  /** A number from 0 to below 1, evenly spread over the keys. */
  private static double share(long key) {
    return (mixed(key) >>> (Long.SIZE - BITS_OF_SHARE)) * 0x1p-53;
  }

  /** SplitMix64's finaliser (Steele, Lea and Flood 2014; Stafford's variant 13). */
  static long mixed(long bits) {
    long z = bits + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
