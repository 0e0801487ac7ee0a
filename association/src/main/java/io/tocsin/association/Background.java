package io.tocsin.association;

import java.util.List;

/**
 * The rate of chance picks by sensor and label, learned from settled picks that belong to no sound;
 * older ones count for less.
 *
 * <p>A time is judged by epochs that ended at least one epoch before: by then all their picks are
 * settled, whatever the order of arrival, so that what is learned is the same for any order.
 */
final class Background {

  /** Ten minutes. */
  static final long EPOCH_MICROS = 600_000_000;

  private static final long FNV_PRIME = 0x100_0000_01b3L;
  private static final int EPOCHS = 12;
  private static final int DELAY = 2;
  private static final double KEPT = 0.9;

  /** The rate that is assumed of a sensor not heard yet weighs as so many hours. */
  private static final double PRIOR_HOURS = 0.5;

  private static final double HOURS =
      (1 - Math.pow(KEPT, EPOCHS)) / (1 - KEPT) * EPOCH_MICROS / 3.6e9;

  private static final double[] WEIGHTS = new double[EPOCHS];

  static {
    for (int age = 0; age < EPOCHS; age++) {
      WEIGHTS[age] = Math.pow(KEPT, age);
    }
  }

  private static final List<Integer> ONCE = List.of(1);

  private final double priorPerHour;

  /** By source. */
  final Learned<Chatter> learned = new Learned<>(Chatter::source, Chatter::newest);

  /** Of the pick learned last; shared by all that were heard once in it, which most were. */
  private List<Long> lastEpoch = List.of();

  Background(double priorPerHour) {
    this.priorPerHour = priorPerHour;
  }

  /**
   * The number under which a sensor's picks of a label are counted: 64 bits of FNV-1a over the
   * characters. Two that shared one would share a rate; among ten thousand of a cell that is so in
   * one of 3·10¹¹ cells.
   */
  static long source(long sensor, String label) {
    return hash((sensor ^ '\n') * FNV_PRIME, label);
  }

  /** The number of a sensor, by the same hash. */
  static long sensor(String sensorId) {
    return hash(0xcbf2_9ce4_8422_2325L, sensorId);
  }

  private static long hash(long before, String text) {
    long hash = before;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** Expected chance picks a second of the sensor and label of {@code arrival}, at a time. */
  double perSecond(Arrival arrival, long atMicros) {
    double count = 0;
    Chatter known = learned.isEmpty() ? null : learned.get(arrival.source);
    if (known != null) {
      long newest = Math.floorDiv(atMicros, EPOCH_MICROS) - DELAY;
      for (int i = 0; i < known.epochs().size(); i++) {
        long age = newest - known.epochs().get(i);
        if (age >= 0 && age < EPOCHS) {
          count += WEIGHTS[(int) age] * known.counts().get(i);
        }
      }
    }
    return (priorPerHour * PRIOR_HOURS + count) / (PRIOR_HOURS + HOURS) / 3_600;
  }

  /** Counts a settled pick that belongs to no sound. */
  void learn(Arrival arrival) {
    long source = arrival.source;
    long epoch = Math.floorDiv(arrival.pick.onsetMicros(), EPOCH_MICROS);
    if (lastEpoch.isEmpty() || lastEpoch.get(0) != epoch) {
      lastEpoch = List.of(epoch);
    }
    Chatter before = learned.get(source);
    learned.put(
        before == null
            ? new Chatter(source, lastEpoch, ONCE)
            : before.counting(lastEpoch.get(0), epoch - EPOCHS - DELAY - 1));
  }

  void restore(Chatter entry) {
    if (!entry.epochs().isEmpty()) {
      learned.restore(entry);
    }
  }

  /** Forgets what is too old to count. */
  void forgetBefore(long micros) {
    learned.forgetBefore(Math.floorDiv(micros, EPOCH_MICROS) - EPOCHS - DELAY - 1);
  }

  /** When all that is known now counts no more; nothing is known: the beginning of time. */
  long endMicros() {
    long newest = learned.newestEpoch();
    return newest == Long.MIN_VALUE ? Long.MIN_VALUE : (newest + EPOCHS + DELAY + 2) * EPOCH_MICROS;
  }
}
