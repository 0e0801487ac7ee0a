package io.tocsin.edge.source;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a source is.
 *
 * @param openings how often it was opened, the first time included
 * @param failures how often it could not be opened, failed, or ended though it should not
 * @param stalls how often it delivered nothing for too long
 * @param gaps before which sound may be missing, or the clock stepped; not the first beginning
 * @param seconds of sound that it delivered
 * @param silence since it last delivered; since the start, where it never did
 * @param problem why it does not deliver; null while it does
 */
public record SourceStatus(
    String description,
    SourceClock clock,
    State state,
    long openings,
    long failures,
    long stalls,
    long gaps,
    double seconds,
    Duration silence,
    @Nullable String problem) {

  /** What it does just now. */
  public enum State {
    OPENING,
    LIVE,
    /** It failed and is opened again after a while. */
    WAITING,
    /** It delivers nothing, and only who feeds it can help. */
    STALLED,
    ENDED
  }
}
