package io.tocsin.scoring.window;

import java.util.List;

/**
 * What a frame brought.
 *
 * @param state to be kept
 * @param windows complete now, in order
 * @param duplicates frames that had been taken before
 * @param gaps runs that ended because audio is missing, a clock stepped or the sample rate changed
 * @param late frames that came after their place had been given up
 * @param clamped frames whose time did not follow from the samples before them, and that were
 *     fitted into the run: audio that was there already cut off, silence put in, or the clock
 *     followed
 * @param ends of runs whose next frame was captured but has not come, as they were left
 * @param heads of runs whose frame before was captured but has not come
 */
public record CutResult(
    CutterState state,
    List<AudioWindow> windows,
    int duplicates,
    int gaps,
    int late,
    int clamped,
    List<CutterState> ends,
    List<RunHead> heads) {

  /** Whether frames are missing that were captured: what {@link StoredLane} is for. */
  public boolean leavesHole() {
    return !ends.isEmpty() || !heads.isEmpty();
  }
}
