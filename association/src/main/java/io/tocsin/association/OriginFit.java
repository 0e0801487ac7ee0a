package io.tocsin.association;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Robust least squares over (x, y, t₀) for one set of picks; the arrays of a call serve the next.
 *
 * <p>Gauss-Newton with weights. Onsets that come early are as unlikely as Huber's loss has it;
 * those that come late may have come around a corner, so that their weights are those of a normal
 * distribution mixed with an exponential tail of late arrivals.
 *
 * <p>The air may be warmer or colder than it is said to be. That makes every travel time longer or
 * shorter by one factor, which is fitted along with a prior and left out of what is asked for: the
 * covariance has it, so that far sounds are known less well than near ones. The wind is as other
 * sounds have told it ({@link Wind}); what is not known of it is in the covariance alone. Clocks
 * are set right as far as other sounds have told of them ({@link Clocks}).
 */
final class OriginFit {

  private static final int ITERATIONS = 24;
  private static final double HUBER = 1.7;

  /** Share of arrivals that come around a corner, and how much later they are on average. */
  private static final double LATE_SHARE = 0.15;

  private static final double LATE_MEAN_SECONDS = 0.05;

  /** Density of a residual that fits nothing, per second. */
  static final double FAR_DENSITY = 1e-4;

  /** Squared standard deviations from which on a residual is that, if it is not late. */
  static final double FAR_SQUARED = 100;

  /** From which on a late one is that. */
  static final double LATEST_SECONDS = 2;

  /** Unknowns beside the wind: place, time, slowness. */
  private static final int ELIMINATED = 4;

  /** With the wind's two components. */
  private static final int UNKNOWNS = 6;

  /** Of an arrival that tells of its sensor's clock: others came around corners, or are chance. */
  private static final double LEAST_WEIGHT = 0.5;

  /** What the others must say of an arrival at the least. */
  private static final double LEAST_REST = 0.05;

  private static final double LEAST_PIVOT = 1e-12;

  /** Added to the normal equations of what is known for certain. */
  private static final double KNOWN = 1e12;

  private static final double LONGEST_STEP_METRES = 200;
  private static final double NORMAL = 1 / Math.sqrt(2 * Math.PI);

  /** Weight, in picks, of the stated errors against those seen, when they disagree. */
  private static final double STATED = 6;

  /** Standard deviations. */
  private static final double PLAINLY_LATE = 2.5;

  /** Growth of the variance for each late arrival; read off simulated cities (S5). */
  private static final double LATE_INFLATION = 1;

  private static final int MOST_LATE = 3;

  /** A residual counts for no more than this, squared, in standard deviations. */
  private static final double MOST_SQUARED = 16;

  private final double reachMetres;
  private final double metresPerSecond;
  private final double slack;

  /** Variance of {@link #slower}, and the most that it may be. */
  private final double slownessVariance;

  private final double mostSlower;
  private final Wind wind;
  private final Clocks clocks;

  /** While the picks that are loaded were made. */
  private Wind.Estimate blowing;

  int n;
  long baseMicros;
  Arrival[] arrivals = new Arrival[16];
  double[] px = new double[16];
  double[] py = new double[16];
  double[] pt = new double[16];
  double[] sigma = new double[16];

  /** How far each pick's clock was set back in {@link #pt}, and what is not known of it, s². */
  private double[] ahead = new double[16];

  private double[] clockVariance = new double[16];
  int[] sensor = new int[16];
  boolean[] taken = new boolean[16];
  int sensors;

  /** How many picks are not taken, and which: what is fitted. */
  int free;

  int[] freePick = new int[16];

  private int[] chosen = new int[16];
  private double[] cost = new double[16];

  double x;
  double y;
  double t;

  /** Slowness of the air beyond what its stated temperature makes it, relative. */
  private double slower;

  int count;
  double xx;
  double xy;
  double yy;
  double tt;

  /** Of the whole covariance, with the time in metres of travel. */
  double determinant;

  OriginFit(Settings settings, Wind wind, Clocks clocks) {
    this.reachMetres = settings.reachMetres();
    this.metresPerSecond = settings.speedOfSound();
    this.slack = settings.stretch() - 1;
    this.slownessVariance = settings.slownessSigma() * settings.slownessSigma();
    this.wind = wind;
    this.clocks = clocks;
    this.blowing = wind.at(0);
    this.mostSlower = 3 * settings.slownessSigma();
  }

  /** Takes the picks to fit, sorted by onset. */
  void load(java.util.List<Arrival> sorted) {
    n = sorted.size();
    if (n > px.length) {
      int size = Integer.highestOneBit(n) * 2;
      arrivals = new Arrival[size];
      px = new double[size];
      py = new double[size];
      pt = new double[size];
      sigma = new double[size];
      ahead = new double[size];
      clockVariance = new double[size];
      sensor = new int[size];
      taken = new boolean[size];
      freePick = new int[size];
      chosen = new int[size];
      cost = new double[size];
    }
    baseMicros = sorted.get(0).pick.onsetMicros();
    blowing = wind.at(baseMicros);
    clocks.estimate(sorted, baseMicros, ahead, clockVariance);
    sensors = 0;
    for (int i = 0; i < n; i++) {
      Arrival a = sorted.get(i);
      arrivals[i] = a;
      px[i] = a.x;
      py[i] = a.y;
      pt[i] = (a.pick.onsetMicros() - baseMicros) * 1e-6 - ahead[i];
      sigma[i] =
          clockVariance[i] == a.clockVariance
              ? a.sigma
              : Math.sqrt(a.sigma * a.sigma - a.clockVariance + clockVariance[i]);
      taken[i] = false;
      sensor[i] = -1;
      for (int j = 0; j < i; j++) {
        if (px[j] == a.x && arrivals[j].pick.sensorId().equals(a.pick.sensorId())) {
          sensor[i] = sensor[j];
          break;
        }
      }
      if (sensor[i] < 0) {
        sensor[i] = sensors++;
      }
    }
    select();
  }

  /** To be called when what is taken has changed. */
  void select() {
    free = 0;
    for (int i = 0; i < n; i++) {
      if (!taken[i]) {
        freePick[free++] = i;
      }
    }
  }

  double distance(int i, double atX, double atY) {
    double dx = px[i] - atX;
    double dy = py[i] - atY;
    return Math.sqrt(dx * dx + dy * dy);
  }

  /** Observed minus predicted onset, seconds. */
  double residual(int i) {
    return residual(i, distance(i, x, y));
  }

  /**
   * The wind makes a path of d metres to a sensor in direction u shorter by d (w·u)/c², to the
   * first order in w/c.
   */
  private double residual(int i, double metres) {
    double with = (blowing.east() * (px[i] - x) + blowing.north() * (py[i] - y)) / metresPerSecond;
    return pt[i] - t - (metres * (1 + slower) - with) / metresPerSecond;
  }

  /** The pick chosen of a sensor, by the sensor's number; -1 for none. */
  int chosen(int ofSensor) {
    return chosen[ofSensor];
  }

  /**
   * Fits from a start; {@code gate} seconds is how wrong the start may be. False when fewer than
   * three sensors agree. The result is in this object's fields.
   */
  boolean fit(double startX, double startY, double startT, double gate) {
    x = startX;
    y = startY;
    t = startT;
    slower = 0;
    double open = gate;
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
      choose(open);
      if (count < 3) {
        return false;
      }
      double moved = step();
      if (open > 0.004) {
        open *= 0.6;
      } else if (open > 0) {
        open = 0;
      } else if (moved < 0.02) {
        break;
      }
    }
    choose(0);
    if (count < 3) {
      return false;
    }
    step();
    return covariance();
  }

  /** For each sensor the pick that fits best, if it fits. */
  private void choose(double open) {
    Arrays.fill(chosen, 0, sensors, -1);
    count = 0;
    for (int k = 0; k < free; k++) {
      int i = freePick[k];
      double d = distance(i, x, y);
      if (d > reachMetres) {
        continue;
      }
      double r = residual(i, d);
      double margin = 3 * sigma[i] + 0.02 + d / metresPerSecond * slack + open;
      if (r < -margin || r > margin + Settings.LATE_SECONDS) {
        continue;
      }
      double badness = r < 0 ? -r : r * 0.8;
      int s = sensor[i];
      if (chosen[s] < 0) {
        count++;
      } else if (badness >= cost[s]) {
        continue;
      }
      chosen[s] = i;
      cost[s] = badness;
    }
  }

  /** Weight of a residual of {@code z} standard deviations. */
  private static double weight(double z, double sigma) {
    if (z < 0.5) {
      return z >= -HUBER ? 1 : HUBER / -z;
    }
    double rate = sigma / LATE_MEAN_SECONDS;
    double direct = (1 - LATE_SHARE) * NORMAL * Math.exp(-0.5 * z * z);
    double late = LATE_SHARE * rate * Math.exp(-z * rate);
    return Math.min(1, (direct + late * Math.min(1, rate / z)) / (direct + late));
  }

  /** Density of a residual, per second. */
  static double density(double r, double sigma) {
    double z = r / sigma;
    double direct =
        z * z < FAR_SQUARED ? (1 - LATE_SHARE) * NORMAL / sigma * Math.exp(-0.5 * z * z) : 0;
    double late =
        r > 0 && r < LATEST_SECONDS
            ? LATE_SHARE / LATE_MEAN_SECONDS * Math.exp(-r / LATE_MEAN_SECONDS)
            : 0;
    return direct + late + FAR_DENSITY;
  }

  /** No less than the density of any residual from {@code least} to {@code most}, per second. */
  static double mostDensity(double least, double most, double sigma) {
    double z = (least > 0 ? least : Math.min(most, 0)) / sigma;
    double direct = (1 - LATE_SHARE) * NORMAL / sigma * Math.exp(-0.5 * z * z);
    double late =
        most > 0
            ? LATE_SHARE / LATE_MEAN_SECONDS * Math.exp(-Math.max(0, least) / LATE_MEAN_SECONDS)
            : 0;
    return direct + late + FAR_DENSITY;
  }

  private double n00;
  private double n01;
  private double n02;
  private double n11;
  private double n12;
  private double n22;

  /**
   * One step; how far it went, metres. The slowness is eliminated from the normal equations (Schur
   * complement), so that they stay those of place and time.
   */
  private double step() {
    n00 = 0;
    n01 = 0;
    n02 = 0;
    n11 = 0;
    n12 = 0;
    n22 = 0;
    double r0 = 0;
    double r1 = 0;
    double r2 = 0;
    double v0 = 0;
    double v1 = 0;
    double v2 = 0;
    double v = 0;
    double u = 0;
    double eastward = blowing.east() / metresPerSecond;
    double northward = blowing.north() / metresPerSecond;
    for (int s = 0; s < sensors; s++) {
      int i = chosen[s];
      if (i < 0) {
        continue;
      }
      double d = Math.max(0.5, distance(i, x, y));
      double r = residual(i, d);
      double w = weight(r / sigma[i], sigma[i]);
      double scale = 1 / (sigma[i] * metresPerSecond);
      double a = (x - px[i]) / d + eastward;
      double b = (y - py[i]) / d + northward;
      double ww = w * scale * scale;
      double q = ww * r * metresPerSecond;
      n00 += ww * a * a;
      n01 += ww * a * b;
      n02 += ww * a;
      n11 += ww * b * b;
      n12 += ww * b;
      n22 += ww;
      r0 += q * a;
      r1 += q * b;
      r2 += q;
      v0 += ww * d * a;
      v1 += ww * d * b;
      v2 += ww * d;
      v += ww * d * d;
      u += q * d;
    }
    double whole = 1 + slownessVariance * v;
    double share = slownessVariance / whole;
    double cooler = (slownessVariance * u - slower) / whole;
    n00 -= share * v0 * v0;
    n01 -= share * v0 * v1;
    n02 -= share * v0 * v2;
    n11 -= share * v1 * v1;
    n12 -= share * v1 * v2;
    n22 -= share * v2 * v2;
    r0 -= v0 * cooler;
    r1 -= v1 * cooler;
    r2 -= v2 * cooler;
    double ridge = 1e-6;
    double m00 = n00 + ridge;
    double m11 = n11 + ridge;
    double m22 = n22 + ridge;
    double c00 = m11 * m22 - n12 * n12;
    double c01 = n02 * n12 - n01 * m22;
    double c02 = n01 * n12 - n02 * m11;
    double det = m00 * c00 + n01 * c01 + n02 * c02;
    if (!(det > 0)) {
      return 0;
    }
    double c11 = m00 * m22 - n02 * n02;
    double c12 = n01 * n02 - m00 * n12;
    double c22 = m00 * m11 - n01 * n01;
    double sx = (c00 * r0 + c01 * r1 + c02 * r2) / det;
    double sy = (c01 * r0 + c11 * r1 + c12 * r2) / det;
    double st = (c02 * r0 + c12 * r1 + c22 * r2) / det;
    double length = Math.sqrt(sx * sx + sy * sy);
    double damping = length > LONGEST_STEP_METRES ? LONGEST_STEP_METRES / length : 1;
    x += damping * sx;
    y += damping * sy;
    t += damping * st / metresPerSecond;
    double next = slower + damping * (cooler - share * (v0 * sx + v1 * sy + v2 * st));
    slower = Math.max(-mostSlower, Math.min(mostSlower, next));
    return damping * length;
  }

  /**
   * Inverse of the weighted normal equations, by the errors seen where there are many of them
   * (scaled inverse chi-square with the stated errors as prior). Arrivals that are plainly late
   * tell of others that are a little late, which nothing shows. What is not known of the wind
   * carries a sound along as a whole: its arrivals agree, on a place beside the true one.
   */
  private boolean covariance() {
    double chi = 0;
    int late = 0;
    double travelled = 0;
    for (int s = 0; s < sensors; s++) {
      if (chosen[s] >= 0) {
        travelled += distance(chosen[s], x, y) / metresPerSecond / count;
        double z = residual(chosen[s]) / sigma[chosen[s]];
        chi += Math.min(z * z, MOST_SQUARED);
        late += z > PLAINLY_LATE ? 1 : 0;
      }
    }
    double unseen = 1 + LATE_INFLATION * Math.min(late, MOST_LATE);
    double scale = Math.max(0.9, (STATED + chi) / (STATED + count - 3)) * unseen;
    double c00 = n11 * n22 - n12 * n12;
    double det = n00 * c00 + n01 * (n02 * n12 - n01 * n22) + n02 * (n01 * n12 - n02 * n11);
    if (!(det > 1e-18)) {
      return false;
    }
    double squared = travelled * travelled;
    xx = scale * c00 / det + blowing.ee() * squared;
    xy = scale * (n02 * n12 - n01 * n22) / det + blowing.en() * squared;
    yy = scale * (n00 * n22 - n02 * n02) / det + blowing.nn() * squared;
    tt = scale * (n00 * n11 - n01 * n01) / det / (metresPerSecond * metresPerSecond);
    determinant = scale * scale * scale / det;
    return xx > 0 && yy > 0 && tt > 0;
  }

  /**
   * What the sound that was fitted last tells of the wind: the weighted normal equations of x, y,
   * t, the slowness and the wind's two components, with all but the wind eliminated, about no wind.
   */
  void tellWind() {
    double[][] normal = normal();
    for (int pivot = 0; pivot < ELIMINATED; pivot++) {
      if (!eliminate(normal, pivot, pivot + 1)) {
        return;
      }
    }
    double ee = normal[4][4];
    double en = normal[4][5];
    double nn = normal[5][5];
    if (ee > 0 && nn > 0 && ee * nn > en * en) {
      wind.learn(
          baseMicros,
          new double[] {ee, en, nn},
          new double[] {
            normal[4][6] + ee * blowing.east() + en * blowing.north(),
            normal[5][6] + en * blowing.east() + nn * blowing.north()
          });
    }
  }

  /**
   * The weighted normal equations about the fit: of x, y, t, the slowness with what is known of it,
   * and the wind's two components; the last column is the right-hand side.
   */
  private double[][] normal() {
    double[][] normal = new double[UNKNOWNS][UNKNOWNS + 1];
    double[] row = new double[UNKNOWNS];
    for (int s = 0; s < sensors; s++) {
      int i = chosen[s];
      if (i < 0) {
        continue;
      }
      double r = row(i, row);
      double scale = 1 / (sigma[i] * metresPerSecond);
      double ww = weight(r / sigma[i], sigma[i]) * scale * scale;
      for (int k = 0; k < UNKNOWNS; k++) {
        for (int l = 0; l < UNKNOWNS; l++) {
          normal[k][l] += ww * row[k] * row[l];
        }
        normal[k][UNKNOWNS] += ww * row[k] * r * metresPerSecond;
      }
    }
    if (slownessVariance > 0) {
      normal[3][3] += 1 / slownessVariance;
      normal[3][UNKNOWNS] -= slower / slownessVariance;
    } else {
      normal[3][3] += KNOWN;
    }
    return normal;
  }

  /** What a pick's arrival changes by with each unknown, metres; its residual, seconds. */
  private double row(int i, double[] row) {
    double d = Math.max(0.5, distance(i, x, y));
    row[0] = (x - px[i]) / d;
    row[1] = (y - py[i]) / d;
    row[2] = 1;
    row[3] = d;
    row[4] = (x - px[i]) / metresPerSecond;
    row[5] = (y - py[i]) / metresPerSecond;
    return residual(i, d);
  }

  /** Takes an unknown out of the equations from {@code first} on; false if they do not have it. */
  private static boolean eliminate(double[][] equations, int pivot, int first) {
    if (!(equations[pivot][pivot] > LEAST_PIVOT)) {
      return false;
    }
    for (int k = first; k < equations.length; k++) {
      if (k != pivot) {
        double share = equations[k][pivot] / equations[pivot][pivot];
        for (int l = pivot; l < equations[k].length; l++) {
          equations[k][l] -= share * equations[pivot][l];
        }
      }
    }
    return true;
  }

  /**
   * What the sound that was fitted last tells of the clocks of those that heard it: of each its
   * residual from where the others alone place the sound, which is that from the common fit divided
   * by one less its leverage. It varies with the clock, which is to be learned, the pick, and what
   * the others leave open.
   */
  void tellClocks() {
    double @Nullable [][] covariance = covarianceOfUnknowns();
    if (covariance == null) {
      return;
    }
    double[] row = new double[UNKNOWNS];
    for (int s = 0; s < sensors; s++) {
      int i = chosen[s];
      if (i < 0 || !Clocks.isDoubted(arrivals[i])) {
        continue;
      }
      double r = row(i, row);
      double w = weight(r / sigma[i], sigma[i]);
      double scale = 1 / (sigma[i] * metresPerSecond);
      double leverage = 0;
      for (int k = 0; k < UNKNOWNS; k++) {
        for (int l = 0; l < UNKNOWNS; l++) {
          leverage += w * scale * scale * row[k] * covariance[k][l] * row[l];
        }
      }
      double rest = 1 - leverage;
      if (w >= LEAST_WEIGHT && rest >= LEAST_REST) {
        double variance = sigma[i] * sigma[i] / (w * rest) - clockVariance[i];
        clocks.learn(arrivals[i], r / rest + ahead[i], variance);
      }
    }
  }

  /** Of the fit's unknowns, with what is known of the slowness and the wind beforehand. */
  private double @Nullable [][] covarianceOfUnknowns() {
    double[][] normal = normal();
    double determinant = blowing.ee() * blowing.nn() - blowing.en() * blowing.en();
    if (determinant > 0) {
      normal[4][4] += blowing.nn() / determinant;
      normal[4][5] -= blowing.en() / determinant;
      normal[5][4] -= blowing.en() / determinant;
      normal[5][5] += blowing.ee() / determinant;
    } else {
      normal[4][4] += KNOWN;
      normal[5][5] += KNOWN;
    }
    double[][] beside = new double[UNKNOWNS][2 * UNKNOWNS];
    for (int k = 0; k < UNKNOWNS; k++) {
      System.arraycopy(normal[k], 0, beside[k], 0, UNKNOWNS);
      beside[k][UNKNOWNS + k] = 1;
    }
    double[][] inverse = new double[UNKNOWNS][UNKNOWNS];
    for (int pivot = 0; pivot < UNKNOWNS; pivot++) {
      if (!eliminate(beside, pivot, 0)) {
        return null;
      }
    }
    for (int k = 0; k < UNKNOWNS; k++) {
      for (int l = 0; l < UNKNOWNS; l++) {
        inverse[k][l] = beside[k][UNKNOWNS + l] / beside[k][k];
      }
    }
    return inverse;
  }

  double semiMajorMetres() {
    return Math.sqrt(Location.CHI2_95 * ((xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy)));
  }
}
