package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongHeapPriorityQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is to be looked at when; times are rounded up, so that many share one. */
final class Agenda<T> {

  private final long stepMicros;

  /** By how many steps. */
  private final Long2ObjectOpenHashMap<List<T>> items = new Long2ObjectOpenHashMap<>();

  private final LongHeapPriorityQueue steps = new LongHeapPriorityQueue();

  Agenda(long stepMicros) {
    this.stepMicros = stepMicros;
  }

  /** To be looked at soon after {@code micros}. */
  void add(long micros, T item) {
    long step = Math.floorDiv(micros, stepMicros) + 1;
    List<T> there = items.get(step);
    if (there == null) {
      there = new ArrayList<>(2);
      items.put(step, there);
      steps.enqueue(step);
    }
    there.add(item);
  }

  /** When the first is to be looked at; with nothing to look at, the end of time. */
  long nextMicros() {
    return steps.isEmpty() ? Long.MAX_VALUE : steps.firstLong() * stepMicros;
  }

  /** Takes what is to be looked at by {@code micros} off it, the earliest first. */
  void due(long micros, Collection<T> into) {
    while (!steps.isEmpty() && nextMicros() <= micros) {
      List<T> there = items.remove(steps.dequeueLong());
      if (there != null) {
        into.addAll(there);
      }
    }
  }
}
