package io.tocsin.edge.forward;

import io.tocsin.edge.spool.SpoolStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the frames have come.
 *
 * @param accepted frames that the source delivered since the start
 * @param dropped frames given up since the start: lost by the spool, or taken neither by the disk
 *     nor by Kafka; refused ones are kept
 * @param reachable whether Kafka took the last that was sent
 * @param acknowledged frames that Kafka took since the start
 * @param acknowledgedLive those of them that went at once
 * @param refused frames put aside since the start, because Kafka refused their content
 * @param lastAcceptedAt when the source last delivered a frame; null if it never did
 * @param lastAcknowledgedAt when Kafka last took a frame; null if it never did
 * @param problem what prevented the last that was not taken; null if nothing does now
 */
public record ForwardStatus(
    SpoolStatus spool,
    long accepted,
    long dropped,
    boolean reachable,
    long acknowledged,
    long acknowledgedLive,
    long refused,
    @Nullable Instant lastAcceptedAt,
    @Nullable Instant lastAcknowledgedAt,
    @Nullable String problem) {

  ForwardStatus withProblem(String other) {
    return new ForwardStatus(
        spool,
        accepted,
        dropped,
        reachable,
        acknowledged,
        acknowledgedLive,
        refused,
        lastAcceptedAt,
        lastAcknowledgedAt,
        other);
  }

  /** Whether stored frames wait to go beside the live ones. */
  public boolean draining() {
    return spool.waiting() > 0 || spool.unreadSegments() > 0;
  }
}
