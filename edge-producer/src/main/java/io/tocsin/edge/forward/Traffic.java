package io.tocsin.edge.forward;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may go next. Live records go before stored ones; stored ones go at a limited rate, few at a
 * time, and wait while a live one is slow. Where nothing gets through, one record at a time tries
 * whether something does again. Guarded by its courier.
 */
final class Traffic {

  /** Live records that wait for their turn; what is more goes by the spool. */
  private static final int LIVE_QUEUE = 256;

  private static final long LIVE_BYTES_ON_THE_WAY = 4 << 20;
  private static final long STORED_BYTES_ON_THE_WAY = 512 << 10;
  private static final long LIVE_IS_SLOW_NANOS = Duration.ofMillis(250).toNanos();

  private final TokenBucket drain;
  private final long probeAfterNanos;
  private final Deque<Outgoing> live = new ArrayDeque<>();
  private final Set<Outgoing> onTheWay = Collections.newSetFromMap(new IdentityHashMap<>());
  private long liveBytes;
  private long storedBytes;
  private boolean reachable = true;
  private long probeAtNanos;

  /**
   * @param drain of stored records, bytes
   * @param probeAfter so long after a failure the next record tries
   */
  Traffic(TokenBucket drain, Duration probeAfter) {
    this.drain = drain;
    this.probeAfterNanos = probeAfter.toNanos();
  }

  /** Takes a live record; false if it is to go by the spool. */
  boolean offer(Outgoing record) {
    return reachable && live.size() < LIVE_QUEUE && live.add(record);
  }

  /** The live record that goes now; null if none does. */
  @Nullable Outgoing nextLive() {
    return reachable && liveBytes < LIVE_BYTES_ON_THE_WAY ? live.poll() : null;
  }

  /** Whether a stored record may go now. */
  boolean mayDrain(long nowNanos) {
    if (!reachable) {
      return onTheWay.isEmpty() && nowNanos - probeAtNanos >= 0;
    }
    return live.isEmpty()
        && storedBytes < STORED_BYTES_ON_THE_WAY
        && drain.allows(nowNanos)
        && onTheWay.stream()
            .noneMatch(r -> r.live() && nowNanos - r.sinceNanos() > LIVE_IS_SLOW_NANOS);
  }

  void left(Outgoing record) {
    onTheWay.add(record);
    if (record.live()) {
      liveBytes += record.body().length;
    } else {
      storedBytes += record.body().length;
      drain.take(record.body().length);
    }
  }

  private void ended(Outgoing record) {
    if (onTheWay.remove(record)) {
      if (record.live()) {
        liveBytes -= record.body().length;
      } else {
        storedBytes -= record.body().length;
      }
    }
  }

  /** The other side answered, with whatever it said of this record. */
  void answered(Outgoing record) {
    ended(record);
    reachable = true;
  }

  /**
   * Nothing gets through.
   *
   * @return live records that waited and now go by the spool
   */
  List<Outgoing> failed(Outgoing record, long nowNanos) {
    ended(record);
    reachable = false;
    probeAtNanos = nowNanos + probeAfterNanos;
    List<Outgoing> waiting = new ArrayList<>(live);
    live.clear();
    return waiting;
  }

  boolean isReachable() {
    return reachable;
  }

  /** Whether nothing waits or is on its way. */
  boolean isIdle() {
    return live.isEmpty() && onTheWay.isEmpty();
  }

  /** Whether there is room for a live record without a detour. */
  boolean hasRoom() {
    return !reachable || live.size() < LIVE_QUEUE / 2;
  }
}
