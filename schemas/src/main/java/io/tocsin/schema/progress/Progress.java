package io.tocsin.schema.progress;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether work that goes round and round gets anything done. Each round says that something was
 * done or that nothing was to be done, or else what waits and why. Any thread may read.
 */
public final class Progress {

  /** Long enough for a transaction that its server answers at the last moment (a minute). */
  public static final Duration STALLED_AFTER = Duration.ofSeconds(90);

  /** How work goes on. */
  public enum State {
    /** Nothing was done yet since it was made: neither well nor in need of a restart. */
    STARTING,
    /** Something was done in the last round, or nothing was to be done. */
    WORKING,
    /** Something waits, not for too long yet. */
    WAITING,
    /** Rounds are made, and nothing gets done. */
    STUCK,
    /** No round is made: only a restart can help. */
    HUNG
  }

  /**
   * What is known now.
   *
   * @param sinceProgress since something was done, or nothing was to be done
   * @param reason what waits and why; empty while the state is WORKING
   */
  public record Reading(String name, State state, Duration sinceProgress, String reason) {

    /** Whether its work gets done. */
    public boolean isWell() {
      return state == State.WORKING || state == State.WAITING;
    }

    /** Whether it still tries. */
    public boolean isAlive() {
      return state != State.HUNG;
    }
  }

  private final String name;
  private final long longestNanos;
  private final LongSupplier nanos;
  private long doneAt;
  private long turnedAt;
  private boolean begun;
  private String waiting = "it has not begun yet";

  /**
   * @param name of the work, for people
   * @param longest without anything done, beyond which it counts as stuck
   * @param nanos a clock that never steps
   */
  public Progress(String name, Duration longest, LongSupplier nanos) {
    this.name = name;
    this.longestNanos = longest.toNanos();
    this.nanos = nanos;
    this.doneAt = nanos.getAsLong();
    this.turnedAt = doneAt;
  }

  /** Something was done for good, or there is nothing to do. */
  public synchronized void made() {
    doneAt = nanos.getAsLong();
    turnedAt = doneAt;
    begun = true;
    waiting = "";
  }

  /**
   * A round in which nothing was done though something waits.
   *
   * @param what waits, and why where it is known
   */
  public synchronized void waits(String what) {
    turnedAt = nanos.getAsLong();
    waiting = what;
  }

  /** Looks. */
  public synchronized Reading read() {
    long now = nanos.getAsLong();
    Duration idle = Duration.ofNanos(now - doneAt);
    if (now - turnedAt > longestNanos) {
      return new Reading(
          name,
          State.HUNG,
          idle,
          "no round was made for "
              + Duration.ofNanos(now - turnedAt).toSeconds()
              + " s"
              + (waiting.isEmpty() ? "" : "; before that: " + waiting));
    }
    if (now - doneAt > longestNanos) {
      return new Reading(
          name, State.STUCK, idle, "nothing was done for " + idle.toSeconds() + " s: " + waiting);
    }
    if (!begun) {
      return new Reading(name, State.STARTING, idle, waiting);
    }
    return new Reading(name, waiting.isEmpty() ? State.WORKING : State.WAITING, idle, waiting);
  }
}
