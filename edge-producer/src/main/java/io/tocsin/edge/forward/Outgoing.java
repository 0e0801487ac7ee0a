package io.tocsin.edge.forward;

import io.tocsin.edge.spool.SpoolPosition;
import io.tocsin.edge.spool.SpoolRecord;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way.
 *
 * @param position where it is kept; null if the disk did not take it
 * @param storedMillis how long it lay in the spool; 0 where it comes from the source at once
 * @param sinceNanos when it was taken up
 */
record Outgoing(@Nullable SpoolPosition position, byte[] body, long storedMillis, long sinceNanos) {

  /** What waits no longer in its queue is sent as live audio. */
  private static final long LIVE_WITHIN_MILLIS = 5_000;

  static Outgoing live(@Nullable SpoolPosition position, byte[] body) {
    return new Outgoing(position, body, 0, System.nanoTime());
  }

  /** A record from the spool; a wall clock that was set back since does not make it a live one. */
  static Outgoing stored(SpoolRecord record) {
    long millis = Duration.between(record.appendedAt(), Instant.now()).toMillis();
    return new Outgoing(record.position(), record.body(), Math.max(1, millis), System.nanoTime());
  }

  /** How long it was kept, where it goes now: also in a queue, which is long without Kafka. */
  long keptMillis(long nowNanos) {
    long queuedMillis = (nowNanos - sinceNanos) / 1_000_000;
    return live() && queuedMillis <= LIVE_WITHIN_MILLIS ? 0 : storedMillis + queuedMillis;
  }

  /** Whether it comes from the source at once, not from the spool. */
  boolean live() {
    return storedMillis == 0;
  }
}
