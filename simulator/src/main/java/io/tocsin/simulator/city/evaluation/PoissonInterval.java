package io.tocsin.simulator.city.evaluation;

import org.hipparchus.distribution.continuous.GammaDistribution;

/**
 * Bounds of the mean of a Poisson count, exact, two-sided 95 % (Garwood 1936, Fiducial limits for
 * the Poisson distribution, Biometrika 28).
 */
final class PoissonInterval {

  private static final double OUTSIDE = 0.05;

  private PoissonInterval() {}

  /**
   * Bounds of the rate by which {@code count} was seen.
   *
   * @param exposure in what the rate is for each one of; above 0
   */
  static Bootstrap.Interval rate(long count, double exposure) {
    double low =
        count == 0 ? 0 : new GammaDistribution(count, 1).inverseCumulativeProbability(OUTSIDE / 2);
    double high =
        new GammaDistribution(count + 1.0, 1).inverseCumulativeProbability(1 - OUTSIDE / 2);
    return new Bootstrap.Interval(low / exposure, high / exposure);
  }
}
