package io.tocsin.edge.source;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Capture times of blocks that follow each other, from a clock that is known better and better. A
 * block that is found to be earlier than where the last one ended is not dated back: the times that
 * follow are slewed, by {@value #SLEW} of the sound that passes, until they are right. So a frame
 * never begins before the one before it, unless the clock was stepped, which starts a new run.
 */
final class SlewedTimes {

  /** Forward, a jump that is more than drift: sound is missing. */
  static final long GAP_MICROS = 40_000;

  /** Backward, what would take minutes to slew and is therefore a step. */
  static final long STEP_MICROS = 500_000;

  /**
   * Forty milliseconds over the longest frame, which is less than what counts as a gap between two
   * frames; crystals drift by a fortieth of it at most.
   */
  static final double SLEW = 0.004;

  private static final Logger LOG = LoggerFactory.getLogger(SlewedTimes.class);

  private double endMicros = Double.NaN;
  private double lengthMicros;

  /**
   * When a block was captured.
   *
   * @param startsRun whether sound is missing before it, or the clock has stepped
   * @param lateMicros by how much it is dated later than it is known to be
   */
  record Dated(long capturedAtMicros, boolean startsRun, long lateMicros) {}

  /**
   * Dates the next block.
   *
   * @param micros when it was captured as far as is known now, since the epoch
   * @param length of the block, microseconds
   * @param stepped whether the clock that tells it has been stepped
   */
  Dated date(double micros, double length, boolean stepped) {
    boolean first = Double.isNaN(endMicros);
    double back = first ? 0 : endMicros - micros;
    boolean setBack = back > STEP_MICROS;
    boolean starts = first || stepped || setBack || -back > GAP_MICROS;
    if (setBack && !stepped) {
      LOG.warn(
          "capture times are set back by {} ms, as sound came sooner than was thought possible;"
              + " what is captured from here on is a new run",
          Math.round(back / 1_000));
    }
    double at = starts ? micros : Math.max(micros, endMicros - SLEW * lengthMicros);
    endMicros = at + length;
    lengthMicros = length;
    return new Dated(Math.round(at), starts, Math.round(at - micros));
  }
}
