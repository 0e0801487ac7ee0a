package io.tocsin.simulator.city;

import java.util.SplittableRandom;

/**
 * How loud a sound arrives and whether it is picked: level L0 − 20·log10 r − αr with log-normal
 * shadowing, detection logistic in the level above the threshold. L0 is such that an unshadowed
 * sound is at the threshold, picked half of the time, at the audible radius.
 *
 * @param audibleRadiusMetres of the sound
 */
record Propagation(double audibleRadiusMetres) {

  /** α: what air takes from breaking glass and cries, 4 kHz at 15 °C and 60 % (ISO 9613-1). */
  static final double AIR_DECIBELS_PER_METRE = 0.025;

  static final double SHADOWING_DECIBELS = 6;

  /** Of the logistic: three quarters are picked 1.6 dB above the threshold. */
  private static final double SLOPE_DECIBELS = 1.5;

  private static final double NEAREST_METRES = 5;

  /** Beyond this nothing is picked that would matter. */
  double cutOffMetres() {
    return 4 * audibleRadiusMetres;
  }

  /** Level above the threshold, without shadowing. */
  double excessDecibels(double metres) {
    double r = Math.max(NEAREST_METRES, metres);
    return 20 * Math.log10(audibleRadiusMetres / r)
        + AIR_DECIBELS_PER_METRE * (audibleRadiusMetres - r);
  }

  static double shadowed(double excessDecibels, SplittableRandom chance) {
    return excessDecibels + SHADOWING_DECIBELS * chance.nextGaussian();
  }

  static double pickProbability(double excessDecibels) {
    return 1 / (1 + Math.exp(-excessDecibels / SLOPE_DECIBELS));
  }
}
