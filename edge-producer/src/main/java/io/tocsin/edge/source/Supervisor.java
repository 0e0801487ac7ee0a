package io.tocsin.edge.source;

import io.tocsin.edge.source.SourceStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a source going: one that fails, ends without leave or stalls is opened again, after a pause
 * that doubles with each failure in a row. One thread runs it; the rest is for any.
 */
public final class Supervisor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** A source that delivered for so long is well again: the next pause is the shortest. */
  private static final Duration WELL_AFTER = Duration.ofSeconds(30);

  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  /** Where sound goes. */
  public interface Taker {
    /**
     * Takes a block; returns when it is kept.
     *
     * @throws IOException if it is not; the source is then opened again
     */
    void take(PcmBlock block) throws IOException, InterruptedException;

    /** Hears that nothing follows what was taken without a gap. */
    default void gap() throws InterruptedException {}
  }

  private final Source source;
  private final Duration shortestPause;
  private final Duration longestPause;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Source.@Nullable Capture capture;
  private boolean reading;
  private boolean stalled;
  private State state = State.OPENING;
  private long openings;
  private long failures;
  private long stalls;
  private long gaps;
  private boolean delivered;
  private double seconds;
  private long deliveredNanos = System.nanoTime();
  private long waitingSinceNanos;
  private @Nullable String problem;

  /**
   * @param shortestPause before a source is opened again
   * @param longestPause to which it grows
   */
  public Supervisor(Source source, Duration shortestPause, Duration longestPause) {
    this.source = source;
    this.shortestPause = shortestPause;
    this.longestPause = longestPause;
  }

  /** Passes the source's sound on until it ends or this is closed. */
  public void run(Taker taker) throws InterruptedException {
    ScheduledExecutorService watchdog =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tocsin-source-watchdog");
              thread.setDaemon(true);
              return thread;
            });
    try {
      source
          .longestSilence()
          .ifPresent(
              longest -> {
                var unused =
                    watchdog.scheduleWithFixedDelay(
                        () -> look(longest),
                        LOOK_EVERY.toNanos(),
                        LOOK_EVERY.toNanos(),
                        TimeUnit.NANOSECONDS);
              });
      keepGoing(taker);
    } finally {
      watchdog.shutdownNow();
      set(State.ENDED);
    }
  }

  private void keepGoing(Taker taker) throws InterruptedException {
    Duration pause = shortestPause;
    while (closed.getCount() > 0) {
      long since = System.nanoTime();
      Optional<String> failure = once(taker);
      if (failure.isEmpty() || closed.getCount() == 0) {
        return;
      }
      if (deliveredFor(since).compareTo(WELL_AFTER) > 0) {
        pause = shortestPause;
      }
      failed(failure.get());
      LOG.warn("{}; opened again in {} ms", failure.get(), pause.toMillis());
      if (closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      pause =
          pause.multipliedBy(2).compareTo(longestPause) < 0 ? pause.multipliedBy(2) : longestPause;
    }
  }

  /** Opens the source and passes its sound on; empty if it ended and may. */
  private Optional<String> once(Taker taker) throws InterruptedException {
    Source.Capture opened = null;
    try {
      opening();
      opened = source.open();
      if (!opened(opened)) {
        return Optional.empty();
      }
      boolean first = true;
      PcmBlock block;
      while ((block = read(opened)) != null) {
        taker.take(arrived(first ? block.startingRun() : block));
        first = false;
      }
      return source.endless() ? Optional.of(source.description() + " has ended") : Optional.empty();
    } catch (IOException e) {
      return Optional.of(whyItFailed(e));
    } finally {
      forget();
      if (opened != null) {
        opened.close();
      }
      taker.gap();
    }
  }

  private @Nullable PcmBlock read(Source.Capture opened) throws IOException, InterruptedException {
    synchronized (this) {
      reading = true;
      waitingSinceNanos = System.nanoTime();
    }
    try {
      PcmBlock block = opened.read();
      synchronized (this) {
        if (stalled && block == null) {
          throw new IOException(source.description() + " has ended");
        }
      }
      return block;
    } finally {
      synchronized (this) {
        reading = false;
      }
    }
  }

  private synchronized void opening() {
    state = State.OPENING;
    stalled = false;
    openings++;
  }

  private synchronized boolean opened(Source.Capture opened) {
    capture = opened;
    return closed.getCount() > 0;
  }

  private synchronized void forget() {
    capture = null;
  }

  private synchronized PcmBlock arrived(PcmBlock block) {
    if (block.startsRun() && delivered && block.runId() == null) {
      gaps++;
    }
    state = State.LIVE;
    delivered = true;
    problem = null;
    seconds += (double) block.samples().length / block.rateHertz();
    deliveredNanos = System.nanoTime();
    return block;
  }

  private synchronized Duration deliveredFor(long sinceNanos) {
    return Duration.ofNanos(deliveredNanos - sinceNanos);
  }

  private synchronized String whyItFailed(IOException e) {
    return stalled
        ? source.description()
            + " delivered nothing for "
            + source.longestSilence().orElse(Duration.ZERO).toMillis()
            + " ms"
        : String.valueOf(e.getMessage());
  }

  private synchronized void failed(String why) {
    state = State.WAITING;
    problem = why;
    if (!stalled) {
      failures++;
    }
  }

  private synchronized void set(State now) {
    state = now;
  }

  private void look(Duration longest) {
    Source.Capture late;
    synchronized (this) {
      if (!reading || stalled || System.nanoTime() - waitingSinceNanos <= longest.toNanos()) {
        return;
      }
      stalled = true;
      stalls++;
      late = capture;
    }
    if (late != null) {
      late.close();
    }
  }

  /** How the source is. */
  public synchronized SourceStatus status() {
    return new SourceStatus(
        source.description(),
        source.clock(),
        state,
        openings,
        failures,
        stalls,
        gaps,
        seconds,
        Duration.ofNanos(System.nanoTime() - deliveredNanos),
        problem);
  }

  /** Ends it soon. */
  @Override
  public void close() {
    closed.countDown();
    Source.Capture open;
    synchronized (this) {
      open = capture;
    }
    if (open != null) {
      open.close();
    }
  }
}
