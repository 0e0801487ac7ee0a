package io.tocsin.edge.health;

import io.tocsin.edge.forward.ForwardStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether a sensor makes progress. It is well while its source delivers and the disk takes it; that
 * Kafka is away is no illness, because a restart would not bring it back.
 */
public final class Pulse {

  /** How a sensor is. */
  public enum State {
    /** No frame has come in yet, and there is still time. */
    STARTING,
    /** Frames come in and go out. */
    LIVE,
    /** Frames come in and are stored; Kafka does not take them. */
    STORING,
    /** Frames come in and go out, and stored ones beside them. */
    DRAINING,
    /** No frame comes in. */
    STALLED
  }

  private final String sensorId;
  private final Optional<Duration> longestSilence;
  private final Supplier<ForwardStatus> status;
  private final LongSupplier nanos;
  private long frames = -1;
  private long changedNanos;

  /**
   * @param longestSilence of the source, beyond which it counts as stalled; empty for one that may
   *     be silent for ever
   * @param nanos a clock that never steps
   */
  public Pulse(
      String sensorId,
      Optional<Duration> longestSilence,
      Supplier<ForwardStatus> status,
      LongSupplier nanos) {
    this.sensorId = sensorId;
    this.longestSilence = longestSilence;
    this.status = status;
    this.nanos = nanos;
    this.changedNanos = nanos.getAsLong();
  }

  /** What is known now. */
  public record Reading(
      String sensorId, State state, Duration sinceProgress, ForwardStatus status) {

    public boolean isWell() {
      return state != State.STALLED;
    }

    /** Whether sound comes in, or none is to be expected: not so before the first. */
    boolean flows() {
      return isWell() && state != State.STARTING;
    }
  }

  /** Looks. */
  public synchronized Reading read() {
    ForwardStatus now = status.get();
    long at = nanos.getAsLong();
    if (now.accepted() != frames) {
      frames = now.accepted();
      changedNanos = at;
    }
    Duration silence = Duration.ofNanos(at - changedNanos);
    return new Reading(sensorId, stateOf(now, silence), silence, now);
  }

  private State stateOf(ForwardStatus now, Duration silence) {
    if (longestSilence.isPresent()) {
      if (silence.compareTo(longestSilence.get()) > 0) {
        return State.STALLED;
      }
      if (now.accepted() == 0) {
        return State.STARTING;
      }
    }
    if (!now.reachable()) {
      return State.STORING;
    }
    return now.draining() ? State.DRAINING : State.LIVE;
  }
}
