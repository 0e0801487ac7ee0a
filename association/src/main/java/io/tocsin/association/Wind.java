package io.tocsin.association;

/**
 * The wind over a cell, learned from settled sounds that many sensors heard; older ones count for
 * less. One sound tells little of it, because it carries all arrivals the same way, nearly as if
 * the sound had been elsewhere: only the farther ones a little more. Over many sounds that adds up.
 *
 * <p>A time is judged by epochs that ended so long before that all their sounds are settled and
 * learned from, whatever the order of arrival.
 */
final class Wind {

  /** Two minutes. */
  static final long EPOCH_MICROS = 120_000_000;

  private static final int EPOCHS = 60;
  private static final double KEPT = 0.98;

  /** Gusts, and what differs from street to street, along an axis, (m/s)². */
  private static final double GUST_VARIANCE = 1.5;

  /** Picks of a sound that are fitted too well or too badly tell less than they seem to. */
  private static final double CAUTION = 4;

  private final double priorVariance;

  /** By epoch. */
  final Learned<WindTold> learned = new Learned<>(WindTold::epoch, WindTold::epoch);

  private long learningMicros;

  /** By the epochs up to the one that was newest for what was asked last. */
  private Estimate last;

  private long lastNewest = Long.MIN_VALUE;

  /**
   * The wind at some time, and its covariance: gusts too.
   *
   * @param east metres a second towards the east
   * @param north metres a second towards the north
   * @param ee variance, (m/s)²
   */
  record Estimate(double east, double north, double ee, double en, double nn) {}

  /**
   * @param priorVariance of the wind along an axis while nothing is learned, (m/s)²; 0: there is
   *     none
   */
  Wind(double priorVariance) {
    this.priorVariance = priorVariance;
    this.last = unknown();
  }

  /** How long after its onset all of a sound is learned at the latest. */
  void learnsWithin(long micros) {
    learningMicros = micros;
    lastNewest = Long.MIN_VALUE;
  }

  private Estimate unknown() {
    return new Estimate(0, 0, priorVariance, 0, priorVariance);
  }

  private static long epoch(long micros) {
    return Math.floorDiv(micros, EPOCH_MICROS);
  }

  /** What is known of the wind at a time. */
  Estimate at(long micros) {
    if (learned.isEmpty()) {
      return unknown();
    }
    long newest = epoch(micros - learningMicros) - 1;
    if (newest != lastNewest) {
      lastNewest = newest;
      last = estimate(newest);
    }
    return last;
  }

  private Estimate estimate(long newest) {
    if (!(priorVariance > 0)) {
      return unknown();
    }
    double ee = 0;
    double en = 0;
    double nn = 0;
    double e = 0;
    double n = 0;
    double weight = WindTold.UNIT / CAUTION;
    for (int age = 0; age < EPOCHS; age++) {
      WindTold one = learned.get(newest - age);
      if (one != null) {
        ee += weight * one.ee();
        en += weight * one.en();
        nn += weight * one.nn();
        e += weight * one.e();
        n += weight * one.n();
      }
      weight *= KEPT;
    }
    ee += 1 / priorVariance;
    nn += 1 / priorVariance;
    double determinant = ee * nn - en * en;
    if (!(determinant > 0)) {
      return unknown();
    }
    return new Estimate(
        (nn * e - en * n) / determinant,
        (ee * n - en * e) / determinant,
        Math.min(priorVariance, nn / determinant + GUST_VARIANCE),
        -en / determinant,
        Math.min(priorVariance, ee / determinant + GUST_VARIANCE));
  }

  /** Adds what a settled sound tells: see {@link WindTold#with}. */
  void learn(long atMicros, double[] information, double[] right) {
    long epoch = epoch(atMicros);
    WindTold before = learned.get(epoch);
    learned.put((before == null ? WindTold.nothing(epoch) : before).with(information, right));
    if (epoch <= lastNewest) {
      lastNewest = Long.MIN_VALUE;
    }
  }

  void restore(WindTold entry) {
    learned.restore(entry);
    lastNewest = Long.MIN_VALUE;
  }

  /** Forgets what is too old to count. */
  void forgetBefore(long micros) {
    learned.forgetBefore(epoch(micros - learningMicros) - EPOCHS - 1);
  }

  /** When all that is known now counts no more; nothing is known: the beginning of time. */
  long endMicros() {
    long newest = learned.newestEpoch();
    return newest == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : (newest + EPOCHS + 3) * EPOCH_MICROS + learningMicros;
  }
}
