package io.tocsin.jobs.scoring;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.MapFunction;

/**
 * Lets everything pass, and fails the job after as many elements as it is told, once each. What it
 * counts is static: a function travels to its task by serialisation, and starts over with it.
 */
final class FailsOnPurpose<T> implements MapFunction<T, T> {

  private static final long serialVersionUID = 1L;

  private static final Queue<Integer> AT = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger SEEN = new AtomicInteger();
  private static final AtomicInteger FAILURES = new AtomicInteger();

  /** Begins to count; {@code elements} ascending, none for never. */
  static void after(Integer... elements) {
    AT.clear();
    SEEN.set(0);
    FAILURES.set(0);
    AT.addAll(List.of(elements));
  }

  /** Failures since the last {@link #after}. */
  static int failures() {
    return FAILURES.get();
  }

  @Override
  public T map(T element) {
    Integer next = AT.peek();
    if (next != null && SEEN.incrementAndGet() >= next && AT.remove(next)) {
      FAILURES.incrementAndGet();
      throw new IllegalStateException("a failure on purpose after " + next);
    }
    return element;
  }
}
