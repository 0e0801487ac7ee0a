package io.tocsin.edge.forward;

import io.tocsin.edge.spool.DrainOrder;
import io.tocsin.edge.spool.Spool;
import io.tocsin.edge.spool.SpoolPosition;
import io.tocsin.edge.spool.SpoolStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries records from source and spool to the uplink, on a thread of its own, and tells the spool
 * what became of them.
 */
final class Courier implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final Duration AFTER_DISK_FAULT = Duration.ofSeconds(1);

  /** After so many failures of no known kind a record is set aside, lest it block the others. */
  private static final int UNKNOWN_FAILURES = 5;

  private final Spool spool;
  private final DrainOrder order;
  private final boolean liveFirst;
  private final Uplink uplink;
  private final RefusedFolder refusedFolder;
  private final Function<Throwable, String> inWords;
  private final Traffic traffic;
  private final Map<SpoolPosition, Integer> unknownFailures = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread = new Thread(this::run, "tocsin-courier");
  private long acknowledged;
  private long acknowledgedLive;
  private long unspooledLost;
  private long refused;
  private @Nullable Instant lastAcknowledgedAt;
  private @Nullable String problem;
  private boolean reconnect;
  private volatile boolean recovered;
  private volatile boolean closed;

  /**
   * @param inWords says a failure in a line
   * @param probeAfter so long after a failure the next record tries
   */
  Courier(
      Spool spool,
      ForwardSettings settings,
      Uplink uplink,
      RefusedFolder refusedFolder,
      Function<Throwable, String> inWords,
      Duration probeAfter) {
    this.spool = spool;
    this.order = settings.order();
    this.liveFirst = settings.liveFirst();
    this.uplink = uplink;
    this.refusedFolder = refusedFolder;
    this.inWords = inWords;
    this.traffic =
        new Traffic(new TokenBucket(settings.drainBytesPerSecond(), System.nanoTime()), probeAfter);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * Takes a record from the source; returns at once.
   *
   * @param position where it is kept; null if the disk did not take it
   */
  void accept(@Nullable SpoolPosition position, byte[] body) {
    Outgoing record = Outgoing.live(position, body);
    lock.lock();
    try {
      if (closed || mustQueue() || !traffic.offer(record)) {
        putBack(record);
      }
      changed.release();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a record has to go behind those that are stored: by the spool, which keeps order. */
  private boolean mustQueue() {
    return !liveFirst && (!recovered || spool.status().waiting() > 0);
  }

  private void run() {
    while (!closed) {
      try {
        Outgoing next = next();
        if (next != null) {
          send(next);
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        LOG.warn("the spool cannot be read: {}", e.toString());
        pauseAfterFault();
      } catch (RuntimeException e) {
        // One record's trouble must not end the delivery of all others.
        LOG.error("the courier goes on after", e);
        pauseAfterFault();
      }
    }
  }

  private void pauseAfterFault() {
    try {
      TimeUnit.NANOSECONDS.sleep(AFTER_DISK_FAULT.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next record; null after a short wait if there is none. */
  private @Nullable Outgoing next() throws InterruptedException, IOException {
    boolean mayDrain;
    lock.lock();
    try {
      Outgoing live = traffic.nextLive();
      if (live != null) {
        traffic.left(live);
        return live;
      }
      mayDrain = traffic.mayDrain(System.nanoTime());
    } finally {
      lock.unlock();
    }
    if (!recovered) {
      // Between live records, a segment at a time.
      recovered = !spool.recoverNext(order);
    }
    Optional<Outgoing> stored =
        mayDrain ? spool.claim(order).map(Outgoing::stored) : Optional.empty();
    lock.lock();
    try {
      if (stored.isPresent()) {
        traffic.left(stored.get());
        return stored.get();
      }
    } finally {
      lock.unlock();
    }
    if (recovered && changed.tryAcquire(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
      changed.drainPermits();
    }
    return null;
  }

  private void send(Outgoing record) {
    if (takeReconnect()) {
      uplink.reconnect();
    }
    try {
      var unused =
          uplink
              .send(record.body(), record.keptMillis(System.nanoTime()))
              .whenComplete(
                  (ok, failure) -> {
                    if (failure == null) {
                      delivered(record);
                    } else {
                      failed(record, failure);
                    }
                  });
    } catch (RuntimeException e) {
      failed(record, e);
    }
  }

  private boolean takeReconnect() {
    lock.lock();
    try {
      boolean wanted = reconnect;
      reconnect = false;
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  private void delivered(Outgoing record) {
    if (record.position() != null) {
      spool.acknowledge(record.position());
    }
    lock.lock();
    try {
      acknowledged++;
      acknowledgedLive += record.live() ? 1 : 0;
      lastAcknowledgedAt = Instant.now();
      if (problem != null) {
        LOG.info("Kafka takes frames again");
      }
      problem = null;
      unknownFailures.remove(record.position());
      traffic.answered(record);
      changed.release();
    } finally {
      lock.unlock();
    }
  }

  private void failed(Outgoing record, Throwable failure) {
    Verdict verdict = Verdict.of(failure);
    lock.lock();
    try {
      if (verdict == Verdict.UNKNOWN && record.position() != null) {
        reconnect = true;
        int times = unknownFailures.merge(record.position(), 1, Integer::sum);
        verdict = times >= UNKNOWN_FAILURES ? Verdict.REFUSED : verdict;
      }
    } finally {
      lock.unlock();
    }
    boolean aside = verdict == Verdict.REFUSED && setAside(record, failure);
    lock.lock();
    try {
      if (aside) {
        refused++;
        unknownFailures.remove(record.position());
        traffic.answered(record);
      } else {
        String words = inWords.apply(failure);
        if (problem == null) {
          LOG.warn("Kafka does not take frames ({}); they wait in the spool", words);
        }
        problem = words;
        List<Outgoing> waiting = traffic.failed(record, System.nanoTime());
        putBack(record);
        waiting.forEach(this::putBack);
      }
      changed.release();
    } finally {
      lock.unlock();
    }
  }

  private boolean setAside(Outgoing record, Throwable failure) {
    try {
      refusedFolder.put(record.body(), failure);
    } catch (IOException e) {
      LOG.warn("a refused frame cannot be set aside ({}); it stays in the spool", e.toString());
      return false;
    }
    if (record.position() != null) {
      spool.acknowledge(record.position());
    }
    LOG.warn("Kafka refuses a frame, which is set aside: {}", failure.toString());
    return true;
  }

  private void putBack(Outgoing record) {
    if (record.position() == null) {
      unspooledLost++;
    } else {
      spool.release(record.position());
    }
  }

  /** Whether everything was delivered that the spool was found with or was accepted. */
  boolean isIdle() {
    lock.lock();
    try {
      return recovered && traffic.isIdle();
    } finally {
      lock.unlock();
    }
  }

  boolean hasRoom() {
    lock.lock();
    try {
      // One that has not begun may wait for Kafka for hours.
      return !thread.isAlive() || traffic.hasRoom();
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link StoreAndForward#status}.
   *
   * @param accepted from the source
   * @param lostBefore frames that earlier runs lost
   */
  ForwardStatus status(long accepted, @Nullable Instant lastAcceptedAt, long lostBefore) {
    SpoolStatus stored = spool.status();
    lock.lock();
    try {
      return new ForwardStatus(
          stored,
          accepted,
          stored.lost() - lostBefore + unspooledLost,
          traffic.isReachable(),
          acknowledged,
          acknowledgedLive,
          refused,
          lastAcceptedAt,
          lastAcknowledgedAt,
          problem);
    } finally {
      lock.unlock();
    }
  }

  /** Ends; what is on its way may still be answered while the uplink is closed. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    uplink.close();
  }
}
