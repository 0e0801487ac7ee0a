package io.tocsin.association;

/**
 * Probability that a sensor hears a sound at a distance: logistic, one half at the audible radius,
 * 12 % at 1.5 times of it. A sensor misses some sounds even nearby.
 */
final class Audibility {

  private static final double BEST = 0.92;
  private static final double LEAST = 0.002;
  private static final double STEEPNESS = 4;

  private Audibility() {}

  static double probability(double distanceMetres, double audibleRadiusMetres) {
    double logistic = 1 / (1 + Math.exp(STEEPNESS * (distanceMetres / audibleRadiusMetres - 1)));
    return Math.max(LEAST, BEST * logistic);
  }
}
