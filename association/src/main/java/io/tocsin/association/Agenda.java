package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** What is to be looked at when; times are rounded up, so that many share one. */
final class Agenda<T> {

  private final long stepMicros;

  /** By how many steps. */
  private final Map<Long, List<T>> items = new HashMap<>();

  private final PriorityQueue<Long> steps = new PriorityQueue<>();

  Agenda(long stepMicros) {
    this.stepMicros = stepMicros;
  }

  /** To be looked at soon after {@code micros}. */
  void add(long micros, T item) {
    Long step = Math.floorDiv(micros, stepMicros) + 1;
    List<T> there = items.get(step);
    if (there == null) {
      there = new ArrayList<>(2);
      items.put(step, there);
      steps.add(step);
    }
    there.add(item);
  }

  /** When the first is to be looked at; with nothing to look at, the end of time. */
  long nextMicros() {
    Long first = steps.peek();
    return first == null ? Long.MAX_VALUE : first * stepMicros;
  }

  /** Takes what is to be looked at by {@code micros} off it, the earliest first. */
  void due(long micros, Collection<T> into) {
    while (!steps.isEmpty() && nextMicros() <= micros) {
      List<T> there = items.remove(steps.remove());
      if (there != null) {
        into.addAll(there);
      }
    }
  }
}
