package io.tocsin.association;

import it.unimi.dsi.fastutil.longs.LongHeapPriorityQueue;

/**
 * Times of what is open, of which the least is asked for; any may be closed. Mostly they are closed
 * in their order, so that what was closed and lies behind others is little.
 */
final class OpenTimes {

  private final LongHeapPriorityQueue opened = new LongHeapPriorityQueue();
  private final LongHeapPriorityQueue closed = new LongHeapPriorityQueue();

  void open(long micros) {
    opened.enqueue(micros);
  }

  /**
   * @param micros of one that is open
   */
  void close(long micros) {
    closed.enqueue(micros);
    while (!closed.isEmpty() && closed.firstLong() == opened.firstLong()) {
      closed.dequeueLong();
      opened.dequeueLong();
    }
  }

  /** The least that is open; the end of time if nothing is. */
  long least() {
    return opened.isEmpty() ? Long.MAX_VALUE : opened.firstLong();
  }
}
