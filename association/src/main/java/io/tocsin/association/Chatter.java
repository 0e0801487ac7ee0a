package io.tocsin.association;

import java.util.Arrays;
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

  /**
   * With another pick in an epoch.
   *
   * @param epoch as it is to be kept, boxed: most have it in common
   * @param forgotten what is of this epoch or older is left out
   */
  Chatter counting(Long epoch, long forgotten) {
    int last = epochs.size() - 1;
    int from = 0;
    while (from <= last && epochs.get(from) <= forgotten) {
      from++;
    }
    int at = last + 1;
    while (at > from && epochs.get(at - 1) >= epoch) {
      at--;
    }
    boolean known = at <= last && epochs.get(at).equals(epoch);
    if (known && from == 0) {
      Integer[] more = counts.toArray(new Integer[0]);
      more[at]++;
      return new Chatter(source, epochs, Arrays.asList(more));
    }
    int size = last + 1 - from + (known ? 0 : 1);
    Long[] laterEpochs = new Long[size];
    Integer[] laterCounts = new Integer[size];
    int to = 0;
    for (int i = from; i < at; i++) {
      laterEpochs[to] = epochs.get(i);
      laterCounts[to++] = counts.get(i);
    }
    laterEpochs[to] = epoch;
    laterCounts[to++] = known ? counts.get(at) + 1 : 1;
    for (int i = known ? at + 1 : at; i <= last; i++) {
      laterEpochs[to] = epochs.get(i);
      laterCounts[to++] = counts.get(i);
    }
    return new Chatter(source, Arrays.asList(laterEpochs), Arrays.asList(laterCounts));
  }
}
