package io.tocsin.association;

import io.tocsin.association.Ears.Free;
import io.tocsin.association.Ears.Moments;
import java.util.ArrayList;
import java.util.List;

/**
 * The likeliest account of free picks by a sound from a place, for many places: with one of the
 * picks held to be on time, the log of
 *
 * <pre>
 *   ∏ Pd·p/(1−p)·f(residual)/λ  over sensors that picked it  ·  ∏ (1 − Pd)  over those that did not
 * </pre>
 *
 * <p>Most pairs of picks are too far apart in time to be one sound's: they all have the density of
 * what fits nothing, so that only neighbours in time are compared with one another, and what each
 * pick promises when it is on time decides for which of them the sum is taken in full.
 */
final class Accounts {

  static final double LOG_FAR = Math.log(OriginFit.FAR_DENSITY);

  /** Squared standard deviations from which on a pick that came too early is far, with a margin. */
  private static final double FAR_SQUARED = 1.01 * OriginFit.FAR_SQUARED;

  private final Ears ears;
  private final double metresPerSecond;

  /** Seconds that a place of the grid may be off. */
  private final double coarse;

  private final double step;
  private final double[] variance;
  private final double mostVariance;
  private final double logMostDensity;

  /** At the place that is looked at: how far each pick's sensor is from there. */
  private final double[] metres;

  /** When a sound from there that made the pick was made, micros. */
  private final double[] origin;

  /** What a pick says but for its time. */
  private final double[] said;

  /** No less than it says with a pick on time; minus infinity if it is not, or was tried. */
  private final double[] promised;

  /** Numbers of picks by when they were made. */
  private final int[] byOrigin;

  /** Of ears that picked anything: what it says if they heard nothing. */
  private final double[] missed;

  /** The most that their picks say if they are far, and by how much that is more than nothing. */
  private final double[] farMost;

  private final double[] far;

  /** The likeliest account of a sound from a place. */
  record Best(double x, double y, double logLikelihood, Free onTime) {}

  /**
   * @param step metres from place to place
   */
  Accounts(Ears ears, double step, double metresPerSecond) {
    this.ears = ears;
    this.step = step;
    this.metresPerSecond = metresPerSecond;
    coarse = step / 2 / metresPerSecond;
    variance = ears.variances(coarse);
    double most = 0;
    double least = Double.POSITIVE_INFINITY;
    for (double each : variance) {
      most = Math.max(most, each);
      least = Math.min(least, each);
    }
    mostVariance = most;
    logMostDensity = Math.log(OriginFit.mostDensity(0, 1, Math.sqrt(least)));
    int n = ears.picks.size();
    metres = new double[n];
    origin = new double[n];
    said = new double[n];
    promised = new double[n];
    byOrigin = new int[n];
    for (int i = 0; i < n; i++) {
      byOrigin[i] = i;
    }
    missed = new double[ears.heard()];
    farMost = new double[ears.heard()];
    far = new double[ears.heard()];
  }

  double coarse() {
    return coarse;
  }

  /** For each place of a grid around another the likeliest account; none where there is none. */
  List<Best> places(double x, double y, double radius, Moments moments) {
    List<Best> places = new ArrayList<>();
    int steps = (int) Math.ceil(radius / step);
    for (int column = -steps; column <= steps; column++) {
      for (int row = -steps; row <= steps; row++) {
        double atX = x + column * step;
        double atY = y + row * step;
        if (LocalPlane.metres(atX - x, atY - y) <= radius && anyOnTime(atX, atY, moments)) {
          places.add(best(atX, atY, moments));
        }
      }
    }
    return places;
  }

  /** The same for a square of so many rows and columns around a place. */
  List<Best> square(double x, double y, int side, Moments moments) {
    List<Best> places = new ArrayList<>(side * side);
    for (int column = 0; column < side; column++) {
      for (int row = 0; row < side; row++) {
        double atX = x + (column - (side - 1) / 2.0) * step;
        double atY = y + (row - (side - 1) / 2.0) * step;
        if (anyOnTime(atX, atY, moments)) {
          places.add(best(atX, atY, moments));
        }
      }
    }
    return places;
  }

  private boolean anyOnTime(double x, double y, Moments moments) {
    boolean any = false;
    for (int i = 0; i < origin.length; i++) {
      Free pick = ears.picks.get(i);
      metres[i] = pick.distance(x, y);
      origin[i] = pick.origin(metres[i], metresPerSecond);
      any |= moments.has(origin[i]);
    }
    return any;
  }

  private Best best(double x, double y, Moments moments) {
    double all = ears.silence(x, y, 0, missed, true);
    for (int j = 0; j < missed.length; j++) {
      farMost[j] = Double.NEGATIVE_INFINITY;
      for (int k = ears.first[j]; k < ears.first[j + 1]; k++) {
        said[k] = ears.picks.get(k).said(metres[k]);
        farMost[j] = Math.max(farMost[j], said[k] + LOG_FAR);
      }
      far[j] = Math.max(0, farMost[j] - missed[j]);
    }
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    promise(all, moments);
    for (int likely = mostPromising(); likely >= 0; likely = mostPromising()) {
      if (promised[likely] + AccountBound.MARGIN < most) {
        break;
      }
      promised[likely] = Double.NEGATIVE_INFINITY;
      double ratio = ratio(all, likely);
      if (ratio > most || (ratio == most && likely < best)) {
        most = ratio;
        best = likely;
      }
    }
    return new Best(x, y, most, ears.picks.get(best));
  }

  private int mostPromising() {
    int most = -1;
    for (int i = 0; i < promised.length; i++) {
      if (promised[i] > (most < 0 ? Double.NEGATIVE_INFINITY : promised[most])) {
        most = i;
      }
    }
    return most;
  }

  private void promise(double all, Moments moments) {
    double everFar = all;
    for (int j = 0; j < missed.length; j++) {
      everFar += far[j];
    }
    sortByOrigin();
    for (int at = 0; at < origin.length; at++) {
      int i = byOrigin[at];
      int ear = ears.earOf[i];
      promised[i] =
          moments.has(origin[i])
              ? everFar - far[ear] + said[i] - missed[ear] + gains(at)
              : Double.NEGATIVE_INFINITY;
    }
  }

  /** By insertion: from place to place hardly anything changes. */
  private void sortByOrigin() {
    for (int at = 1; at < byOrigin.length; at++) {
      int pick = byOrigin[at];
      int to = at;
      while (to > 0 && origin[byOrigin[to - 1]] > origin[pick]) {
        byOrigin[to] = byOrigin[to - 1];
        to--;
      }
      byOrigin[to] = pick;
    }
  }

  /** By how much likelier it is for those that are near in time to the pick in that place. */
  private double gains(int at) {
    int onTime = byOrigin[at];
    double gains = 0;
    for (int other = at - 1; other >= 0; other--) {
      double late = (origin[byOrigin[other]] - origin[onTime]) * 1e-6;
      if (late * late > FAR_SQUARED * mostVariance) {
        break;
      }
      gains += gain(onTime, byOrigin[other], late);
    }
    for (int other = at + 1; other < byOrigin.length; other++) {
      double late = (origin[byOrigin[other]] - origin[onTime]) * 1e-6;
      if (late >= OriginFit.LATEST_SECONDS) {
        break;
      }
      gains += gain(onTime, byOrigin[other], late);
    }
    return gains;
  }

  private double gain(int onTime, int k, double late) {
    int ear = ears.earOf[k];
    double without = Math.max(missed[ear], farMost[ear]);
    double spread = variance[onTime * origin.length + k];
    if (ear == ears.earOf[onTime] || said[k] + logMostDensity <= without || isFar(late, spread)) {
      return 0;
    }
    double density = OriginFit.density(late, Math.sqrt(spread));
    return Math.max(0, said[k] + Math.log(density) - without);
  }

  /** The log-likelihood with a pick on time. */
  private double ratio(double all, int onTime) {
    double ratio = all;
    int row = onTime * origin.length;
    for (int j = 0; j < missed.length; j++) {
      if (j == ears.earOf[onTime]) {
        ratio += said[onTime] - missed[j];
        continue;
      }
      double most = farMost[j];
      for (int k = ears.first[j]; k < ears.first[j + 1]; k++) {
        double late = (origin[k] - origin[onTime]) * 1e-6;
        if (!isFar(late, variance[row + k])) {
          double density = OriginFit.density(late, Math.sqrt(variance[row + k]));
          most = Math.max(most, said[k] + Math.log(density));
        }
      }
      ratio += Math.max(0, most - missed[j]);
    }
    return ratio;
  }

  /** Whether a pick that is so much late, seconds, has the density of what fits nothing. */
  static boolean isFar(double late, double variance) {
    return late > 0 ? late >= OriginFit.LATEST_SECONDS : late * late >= FAR_SQUARED * variance;
  }

  /** When a sound from there was made if the pick was on time, micros. */
  double origin(Free onTime, Best from) {
    return onTime.origin(onTime.distance(from.x, from.y), metresPerSecond);
  }

  /** What a pick says of a sound from {@code best}'s place, made when its pick says. */
  double heard(Free pick, Best best) {
    double said = pick.said(pick.distance(best.x, best.y));
    if (pick.arrival() == best.onTime.arrival()) {
      // Its density is what the sum over all times of origin is taken of.
      return said;
    }
    double late = (origin(pick, best) - origin(best.onTime, best)) * 1e-6;
    double own = pick.arrival().sigma;
    double other = best.onTime.arrival().sigma;
    double sigma = Math.sqrt(own * own + other * other + coarse * coarse);
    return said + Math.log(OriginFit.density(late, sigma));
  }
}
