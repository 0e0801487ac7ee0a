package io.tocsin.association;

import java.util.ArrayList;
import java.util.List;

/**
 * How often a sensor picked a label without any sound that others heard too. There is one for most
 * sensors of a cell, so that it is kept small.
 *
 * @param source number of the sensor and label: {@link Background#source}
 * @param epochs spans of {@link Background#EPOCH_MICROS} since 1970 that had such picks, rising
 * @param counts of each
 */
public record Chatter(long source, List<Long> epochs, List<Integer> counts) {

  long newest() {
    return epochs.get(epochs.size() - 1);
  }

  /** Without what is of {@code epoch} or older. */
  Chatter after(long epoch) {
    int old = 0;
    while (old < epochs.size() && epochs.get(old) <= epoch) {
      old++;
    }
    return old == 0
        ? this
        : new Chatter(
            source,
            List.copyOf(epochs.subList(old, epochs.size())),
            List.copyOf(counts.subList(old, counts.size())));
  }

  /** With another pick in an epoch. */
  Chatter counting(long epoch) {
    int at = epochs.size();
    while (at > 0 && epochs.get(at - 1) >= epoch) {
      at--;
    }
    List<Long> laterEpochs = new ArrayList<>(epochs);
    List<Integer> laterCounts = new ArrayList<>(counts);
    if (at < epochs.size() && epochs.get(at) == epoch) {
      laterCounts.set(at, counts.get(at) + 1);
    } else {
      laterEpochs.add(at, epoch);
      laterCounts.add(at, 1);
    }
    return new Chatter(source, List.copyOf(laterEpochs), List.copyOf(laterCounts));
  }
}
