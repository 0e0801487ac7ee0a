package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.HeardPick;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The picks of a run that a job in this process reads. The job's parts travel by serialisation, so
 * they carry the feed's number alone and look it up here.
 */
final class PickFeed implements AutoCloseable {

  private static final Map<Long, PickFeed> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT = new AtomicLong();

  private final long number = NEXT.incrementAndGet();
  private final List<HeardPick> picks;
  private final Duration lateness;
  private final boolean killsWorker;
  private final CompletableFuture<Void> fieldRead = new CompletableFuture<>();
  private volatile boolean killed;

  PickFeed(List<HeardPick> picks, Duration lateness, boolean killsWorker) {
    this.picks = picks;
    this.lateness = lateness;
    this.killsWorker = killsWorker;
    OPEN.put(number, this);
  }

  static PickFeed of(long number) {
    return Objects.requireNonNull(OPEN.get(number), "the run's feed is closed");
  }

  long number() {
    return number;
  }

  HeardPick pick(long index) {
    return picks.get((int) index);
  }

  int size() {
    return picks.size();
  }

  long latenessMillis() {
    return lateness.toMillis();
  }

  /** Done when sensors and patterns have reached every operator: no pick goes before. */
  CompletableFuture<Void> fieldRead() {
    return fieldRead;
  }

  /** Whether the job must fail now: once, halfway. */
  boolean mustFailBefore(long index) {
    return killsWorker && !killed && index >= picks.size() / 2;
  }

  void failed() {
    killed = true;
  }

  @Override
  public void close() {
    OPEN.remove(number);
  }
}
