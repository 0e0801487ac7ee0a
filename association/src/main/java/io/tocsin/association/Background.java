package io.tocsin.association;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  private final double priorPerHour;
  private final Map<String, Chatter> chatter = new HashMap<>();
  private final Set<String> touched = new HashSet<>();
  private long newestEpoch = Long.MIN_VALUE;
  private long forgottenEpoch = Long.MIN_VALUE;

  Background(double priorPerHour) {
    this.priorPerHour = priorPerHour;
  }

  private static String key(Pick pick) {
    return pick.sensorId() + '\n' + pick.label();
  }

  /** Expected chance picks a second of the sensor and label of {@code pick}, at a time. */
  double perSecond(Pick pick, long atMicros) {
    double count = 0;
    Chatter known = chatter.isEmpty() ? null : chatter.get(key(pick));
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
  void learn(Pick pick) {
    String key = key(pick);
    long epoch = Math.floorDiv(pick.onsetMicros(), EPOCH_MICROS);
    Chatter before = chatter.get(key);
    List<Long> epochs = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    boolean counted = false;
    for (int i = 0; before != null && i < before.epochs().size(); i++) {
      long other = before.epochs().get(i);
      if (other <= epoch - EPOCHS - DELAY - 1) {
        continue;
      }
      if (!counted && other > epoch) {
        epochs.add(epoch);
        counts.add(1);
        counted = true;
      }
      epochs.add(other);
      counts.add(before.counts().get(i) + (other == epoch ? 1 : 0));
      counted |= other == epoch;
    }
    if (!counted) {
      epochs.add(epoch);
      counts.add(1);
    }
    chatter.put(key, new Chatter(key, List.copyOf(epochs), List.copyOf(counts)));
    touched.add(key);
    newestEpoch = Math.max(newestEpoch, epoch);
  }

  void restore(Chatter entry) {
    chatter.put(entry.key(), entry);
    newestEpoch = Math.max(newestEpoch, newest(entry));
  }

  private static long newest(Chatter entry) {
    return entry.epochs().get(entry.epochs().size() - 1);
  }

  /** Forgets what is too old to count. */
  void forgetBefore(long micros) {
    long epoch = Math.floorDiv(micros, EPOCH_MICROS) - EPOCHS - DELAY - 1;
    if (epoch <= forgottenEpoch) {
      return;
    }
    forgottenEpoch = epoch;
    chatter
        .values()
        .removeIf(
            entry -> {
              boolean old = newest(entry) < epoch;
              if (old) {
                touched.add(entry.key());
              }
              return old;
            });
  }

  /** When all that is known now counts no more; nothing is known: the beginning of time. */
  long endMicros() {
    return newestEpoch == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : (newestEpoch + EPOCHS + DELAY + 2) * EPOCH_MICROS;
  }

  @Nullable Chatter get(String key) {
    return chatter.get(key);
  }

  boolean isEmpty() {
    return chatter.isEmpty();
  }

  /** Keys of what changed since {@link #saved}. */
  Set<String> touched() {
    return touched;
  }

  void saved() {
    touched.clear();
  }
}
