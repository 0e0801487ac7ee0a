package io.tocsin.edge.mode;

import java.util.ArrayDeque;
import java.util.Deque;

/** Stretches of time, added in the order of their ends; those that touch are one. */
final class Spans {

  private record Span(long fromMicros, long untilMicros) {}

  private final Deque<Span> spans = new ArrayDeque<>();

  void add(long fromMicros, long untilMicros) {
    Span last = spans.peekLast();
    if (last != null && fromMicros <= last.untilMicros()) {
      spans.removeLast();
      spans.addLast(
          new Span(
              Math.min(last.fromMicros(), fromMicros), Math.max(last.untilMicros(), untilMicros)));
    } else {
      spans.addLast(new Span(fromMicros, untilMicros));
    }
  }

  /** Whether any of them has time in common with a stretch. */
  boolean meet(long fromMicros, long untilMicros) {
    return spans.stream()
        .anyMatch(s -> s.fromMicros() < untilMicros && s.untilMicros() > fromMicros);
  }

  void forgetBefore(long micros) {
    while (!spans.isEmpty() && spans.getFirst().untilMicros() <= micros) {
      spans.removeFirst();
    }
  }
}
