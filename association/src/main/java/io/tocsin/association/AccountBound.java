package io.tocsin.association;

import io.tocsin.association.Ears.Free;
import io.tocsin.association.Ears.Moments;

/**
 * What no account of free picks by a sound within some metres of a place exceeds: worked out once,
 * it spares the {@link Accounts} of every single place where none of them can matter.
 *
 * <p>Each ear is as silent, and each pick as well heard and as near in time to the one that is on
 * time, as it is from somewhere there, though not all from one place.
 */
final class AccountBound {

  /** What rounding may add to a log-likelihood, and more. */
  static final double MARGIN = 1e-6;

  private final Ears ears;
  private final double radius;
  private final double metresPerSecond;
  private final double[] variance;
  private final double[] origin;
  private final double[] said;
  private final double[] missed;
  private final double silence;

  private AccountBound(
      Ears ears, double x, double y, double radius, double coarse, double metresPerSecond) {
    this.ears = ears;
    this.radius = radius;
    this.metresPerSecond = metresPerSecond;
    int n = ears.picks.size();
    variance = ears.variances(coarse);
    origin = new double[n];
    said = new double[n];
    for (int i = 0; i < n; i++) {
      Free pick = ears.picks.get(i);
      double d = pick.distance(x, y);
      origin[i] = pick.origin(d, metresPerSecond);
      said[i] = pick.said(Math.max(0, d - radius));
    }
    missed = new double[ears.heard()];
    silence = ears.silence(x, y, radius, missed, false);
  }

  /**
   * No less than the log-likelihood of any account of a sound within {@code radius} metres; minus
   * infinity if no pick can be on time.
   *
   * @param coarse seconds that the place may be off
   */
  static double of(
      Ears ears,
      double x,
      double y,
      double radius,
      double coarse,
      Moments moments,
      double metresPerSecond) {
    return new AccountBound(ears, x, y, radius, coarse, metresPerSecond).most(moments);
  }

  private double most(Moments moments) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < origin.length; i++) {
      if (moments.mayHave(origin[i], radius / metresPerSecond * 1e6)) {
        most = Math.max(most, silence + with(i) + MARGIN);
      }
    }
    return most;
  }

  /** With a pick on time: what the ears say that picked anything. */
  private double with(int onTime) {
    double bound = said[onTime];
    for (int j = 0; j < missed.length; j++) {
      if (j != ears.earOf[onTime]) {
        double most = missed[j];
        for (int k = ears.first[j]; k < ears.first[j + 1]; k++) {
          most = Math.max(most, said[k] + logDensity(onTime, k));
        }
        bound += most;
      }
    }
    return bound;
  }

  private double logDensity(int onTime, int k) {
    double late = (origin[k] - origin[onTime]) * 1e-6;
    double earliest = late - 2 * radius / metresPerSecond;
    double latest = late + 2 * radius / metresPerSecond;
    double spread = variance[onTime * origin.length + k];
    return Accounts.isFar(earliest > 0 ? earliest : Math.min(latest, 0), spread)
        ? Accounts.LOG_FAR
        : Math.log(OriginFit.mostDensity(earliest, latest, Math.sqrt(spread)));
  }
}
