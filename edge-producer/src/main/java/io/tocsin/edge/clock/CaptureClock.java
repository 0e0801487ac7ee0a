package io.tocsin.edge.clock;

import io.tocsin.schema.avro.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's clock, by which captures are dated: what disciplines it is read again every minute,
 * and a step of it is noticed when it is next read. Safe for use by several threads.
 *
 * <p>A step shows against the JDK's {@link System#nanoTime}, which Linux lets run on through steps
 * but slews with the clock: what is slewed is no step.
 */
public final class CaptureClock implements AutoCloseable {

  /** A jump of the clock that is a step, not the noise of reading two clocks. */
  static final Duration STEP = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(CaptureClock.class);
  private static final Duration READ_EVERY = Duration.ofMinutes(1);
  private static final long READ_WITHIN_NANOS = 1_000_000;
  private static final int ATTEMPTS = 5;

  /** Tells what disciplines the clock; empty where nobody can be asked. */
  public interface Discipline {
    Optional<ClockDiscipline> read() throws InterruptedException;
  }

  /**
   * A look at the clock.
   *
   * @param micros since the epoch
   * @param steps that were noticed until then
   */
  public record Reading(long micros, long steps) {}

  private final LongSupplier wallMicros;
  private final LongSupplier nanos;
  private final ScheduledExecutorService executor;
  private volatile Clock clock;
  private long offsetMicros;
  private long steps;

  CaptureClock(Clock clock, LongSupplier wallMicros, LongSupplier nanos) {
    this.clock = clock;
    this.wallMicros = wallMicros;
    this.nanos = nanos;
    this.offsetMicros = wallMicros.getAsLong() - nanos.getAsLong() / 1_000;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tocsin-clock");
              thread.setDaemon(true);
              return thread;
            });
  }

  private static CaptureClock ofSystem(Clock clock) {
    return new CaptureClock(
        clock, () -> ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), System::nanoTime);
  }

  /** Whose discipline and uncertainty are stated by whoever set the machine up. */
  public static CaptureClock stated(Clock clock) {
    CaptureClock stated = ofSystem(clock);
    stated.every(READ_EVERY, () -> {});
    return stated;
  }

  /** Whose discipline is read now and every minute. */
  public static CaptureClock read(Discipline discipline) throws InterruptedException {
    CaptureClock read = ofSystem(stateOf(discipline));
    read.every(READ_EVERY, () -> read.refresh(discipline));
    return read;
  }

  private void every(Duration interval, Runnable action) {
    var unused =
        executor.scheduleWithFixedDelay(
            () -> {
              look();
              action.run();
            },
            interval.toNanos(),
            interval.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void look() {
    var unused = read();
  }

  private static Clock stateOf(Discipline discipline) throws InterruptedException {
    return discipline.read().map(ClockDiscipline::clock).orElse(ClockDiscipline.FREE);
  }

  void refresh(Discipline discipline) {
    try {
      Clock now = stateOf(discipline);
      if (now.getSource() != clock.getSource()) {
        LOG.warn("the clock's discipline was {} and is {}", clock.getSource(), now.getSource());
      }
      clock = now;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What disciplines the clock, and how wrong it can be. */
  public Clock clock() {
    return clock;
  }

  /** Looks at the clock, and whether it stepped since it was last looked at. */
  public synchronized Reading read() {
    long wall = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long before = nanos.getAsLong();
      wall = wallMicros.getAsLong();
      long after = nanos.getAsLong();
      if (after - before <= READ_WITHIN_NANOS) {
        compare(wall, before);
        break;
      }
      // Something else ran between the two looks: they tell nothing of a step.
    }
    return new Reading(wall, steps);
  }

  private void compare(long wall, long atNanos) {
    long offset = wall - atNanos / 1_000;
    long jump = offset - offsetMicros;
    offsetMicros = offset;
    if (Math.abs(jump) > STEP.toNanos() / 1_000) {
      steps++;
      LOG.warn("the clock stepped by {} us; what is captured from here on is a new run", jump);
    }
  }

  /** How often the clock stepped since the start. */
  public synchronized long steps() {
    return steps;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
