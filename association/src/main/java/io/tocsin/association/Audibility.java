package io.tocsin.association;

/**
 * Probability that a sensor hears a sound at a distance: logistic, one half at the audible radius,
 * 12 % at 1.5 times of it. A sensor misses some sounds even nearby.
 *
 * <p>It is asked for at every place of a grid for every sensor around, so that its logarithms are
 * read off a table: off by 10⁻³ where it levels out, by 2·10⁻⁶ elsewhere.
 */
final class Audibility {

  private static final double BEST = 0.92;
  private static final double LEAST = 0.002;
  private static final double STEEPNESS = 4;

  /** Of the table, in audible radii; beyond its end everything is as quiet as it gets. */
  private static final double END = 3;

  private static final int STEPS = 3_000;
  private static final double STEPS_A_RADIUS = STEPS / END;
  private static final double[] HEARD = new double[STEPS + 2];
  private static final double[] MISSED = new double[STEPS + 2];

  static {
    for (int i = 0; i < HEARD.length; i++) {
      double p = probability(i / STEPS_A_RADIUS, 1);
      HEARD[i] = Math.log(p);
      MISSED[i] = Math.log1p(-p);
    }
  }

  private Audibility() {}

  static double probability(double distanceMetres, double audibleRadiusMetres) {
    double logistic = 1 / (1 + Math.exp(STEEPNESS * (distanceMetres / audibleRadiusMetres - 1)));
    return Math.max(LEAST, BEST * logistic);
  }

  /** The logarithm of the probability that it hears it. */
  static double logHeard(double distanceMetres, double audibleRadiusMetres) {
    return at(HEARD, distanceMetres / audibleRadiusMetres);
  }

  /** The logarithm of the probability that it does not. */
  static double logMissed(double distanceMetres, double audibleRadiusMetres) {
    return at(MISSED, distanceMetres / audibleRadiusMetres);
  }

  private static double at(double[] table, double radii) {
    double steps = radii * STEPS_A_RADIUS;
    if (!(steps < STEPS)) {
      return table[STEPS];
    }
    int below = (int) steps;
    return table[below] + (steps - below) * (table[below + 1] - table[below]);
  }
}
