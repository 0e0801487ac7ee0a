package io.tocsin.association;

import java.util.List;

/**
 * How far each sensor's clock is ahead, learned from settled sounds that many sensors heard: what
 * remains of a sensor's arrival when all others say where and when the sound was. Seismology knows
 * it as the station term (Douglas, Joint epicentre determination, Nature 215, 1967). A clock's
 * error and what the way through microphone and computer takes are the same in every sound; older
 * sounds count for less, since clocks wander.
 *
 * <p>A time is judged by epochs that ended so long before that all their sounds are settled and
 * learned from, whatever the order of arrival.
 */
final class Clocks {

  /** Five minutes. */
  static final long EPOCH_MICROS = 300_000_000;

  /** Six hours. */
  private static final int EPOCHS = 72;

  private static final double KEPT = 0.98;

  /** A clock that is stated to be as good as this is believed. */
  private static final double GOOD_SECONDS = 0.002;

  /**
   * Sounds tell less than they seem to: the sensors around are the same each time, and so are their
   * clocks.
   */
  private static final double CAUTION = 3;

  /** Share of the stated variance that is another each time, until readings tell. */
  private static final double UNSTEADY = 0.25;

  /** For how many readings of the sensors around that stands. */
  private static final double UNSTEADY_READINGS = 6;

  /** For how many readings of a sensor that stands which the sensors around show. */
  private static final double AROUND_READINGS = 30;

  /** Of the stated variance. */
  private static final double LEAST_STEADY = 1e-3;

  private static final double[] WEIGHTS = new double[EPOCHS];

  static {
    for (int age = 0; age < EPOCHS; age++) {
      WEIGHTS[age] = Math.pow(KEPT, age);
    }
  }

  /** By number of the sensor. */
  final Learned<ClockTold> learned = new Learned<>(ClockTold::sensor, ClockTold::newest);

  private long learningMicros;

  /** Of each arrival asked about: sums over the readings of its sensor, weighted by age too. */
  private double[] readings = new double[16];

  private double[] weight = new double[16];
  private double[] ahead = new double[16];
  private double[] squares = new double[16];

  /** How long after its onset all of a sound is learned at the latest. */
  void learnsWithin(long micros) {
    learningMicros = micros;
  }

  private static long epoch(long micros) {
    return Math.floorDiv(micros, EPOCH_MICROS);
  }

  /**
   * What is known at a time of the clocks of those sensors that may have heard one sound.
   *
   * <p>A clock's stated variance is that of what stays and of what is another in each reading. How
   * readings scatter about their mean tells the second, and so how far the mean is to be believed.
   * One sensor's few readings tell little of that: those around have the same kind of clock.
   *
   * @param arrivals always in one order
   * @param aheadSeconds receives how far each clock is ahead
   * @param variance receives what is not known of that, s²
   */
  void estimate(List<Arrival> arrivals, long atMicros, double[] aheadSeconds, double[] variance) {
    int n = arrivals.size();
    double stated = 0;
    double around = 0;
    double free = 0;
    if (n > readings.length) {
      readings = new double[2 * n];
      weight = new double[2 * n];
      ahead = new double[2 * n];
      squares = new double[2 * n];
    }
    for (int i = 0; i < n; i++) {
      Arrival arrival = arrivals.get(i);
      aheadSeconds[i] = 0;
      variance[i] = arrival.clockVariance;
      sum(i, arrival, atMicros);
      stated += arrival.clockVariance / n;
      if (weight[i] > 0) {
        around += excess(i);
        free += freedom(i) * arrival.clockVariance;
      }
    }
    double unsteadyShare =
        Math.max(
            0,
            (around + UNSTEADY_READINGS * UNSTEADY * stated) / (free + UNSTEADY_READINGS * stated));
    for (int i = 0; i < n; i++) {
      if (weight[i] > 0) {
        double own = arrivals.get(i).clockVariance;
        double unsteady =
            (excess(i) + AROUND_READINGS * unsteadyShare * own) / (freedom(i) + AROUND_READINGS);
        unsteady = Math.max(0, Math.min(own, unsteady));
        double steady = Math.max(LEAST_STEADY * own, own - unsteady);
        double information = readings[i] / (readings[i] / weight[i] + unsteady) / CAUTION;
        double left = 1 / (1 / steady + information);
        aheadSeconds[i] = ahead[i] / weight[i] * information * left;
        variance[i] = Math.min(own, left + unsteady);
      }
    }
  }

  private void sum(int i, Arrival arrival, long atMicros) {
    readings[i] = 0;
    weight[i] = 0;
    ahead[i] = 0;
    squares[i] = 0;
    ClockTold known = learned.isEmpty() || !isDoubted(arrival) ? null : learned.get(arrival.sensor);
    if (known == null) {
      return;
    }
    long newest = epoch(atMicros - learningMicros) - 1;
    for (ClockTold.Epoch epoch : known.epochs()) {
      long age = newest - epoch.number();
      if (age >= 0 && age < EPOCHS) {
        double share = WEIGHTS[(int) age];
        readings[i] += share * epoch.readings();
        weight[i] += share * epoch.weight();
        ahead[i] += share * epoch.ahead() * ClockTold.UNIT;
        squares[i] += share * epoch.squares() * ClockTold.UNIT;
      }
    }
  }

  /** Readings beyond the one that the mean takes. */
  private double freedom(int i) {
    return Math.max(0, readings[i] - 1);
  }

  /** By how much readings scatter more about their mean than they say, s²; by {@link #freedom}. */
  private double excess(int i) {
    double scatter = Math.max(0, squares[i] - ahead[i] * ahead[i] / weight[i]);
    return readings[i] / weight[i] * (scatter - freedom(i));
  }

  /** Whether anything is to be learned of the clock. */
  static boolean isDoubted(Arrival arrival) {
    return arrival.clockVariance > GOOD_SECONDS * GOOD_SECONDS;
  }

  /**
   * Adds what a settled sound tells.
   *
   * @param variance of the reading, s²
   */
  void learn(Arrival arrival, double secondsAhead, double variance) {
    long epoch = epoch(arrival.pick.onsetMicros());
    ClockTold known = learned.get(arrival.sensor);
    ClockTold before = known == null ? new ClockTold(arrival.sensor, List.of()) : known;
    learned.put(before.after(oldest(epoch)).with(epoch, secondsAhead, variance));
  }

  /** What no time is judged by any more when {@code epoch} is learned. */
  private long oldest(long epoch) {
    return epoch - EPOCHS - 2 - learningMicros / EPOCH_MICROS;
  }

  void restore(ClockTold entry) {
    if (!entry.epochs().isEmpty()) {
      learned.restore(entry);
    }
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
