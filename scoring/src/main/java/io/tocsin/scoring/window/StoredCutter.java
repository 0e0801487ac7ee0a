package io.tocsin.scoring.window;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the frames that a sensor stored and sent behind its live ones, so that with what {@link
 * WindowCutter} cuts of the live ones every window comes once, in its place, with its samples, as
 * if no frame had been delayed. Frames come in any order; windows across the edges of a hole come
 * when it is closed.
 *
 * <p>This rests on frames that are counted ({@link FrameAudio#runSample}) and on capture times that
 * follow that count. Where a sensor does not count, its stored frames are cut from where they
 * begin; where its clock drifts from the count, instants behind a hole are the clock's. A hole
 * shorter than a hop was filled with silence when the live frame behind it came; its windows come
 * once more, with what was captured.
 *
 * <p>Pure: state goes in and comes out. Safe for use by several threads.
 */
public final class StoredCutter {

  /**
   * What a frame or an edge brought.
   *
   * @param lane to be kept
   * @param windows complete now
   * @param duplicates frames that had been taken before
   * @param givenUp edges that were dropped for want of room: the windows across them will not come
   */
  public record Step(StoredLane lane, List<AudioWindow> windows, int duplicates, int givenUp) {}

  private final Cutting.Bounds bounds;

  /**
   * @param sampleRateHertz the bundle's, as are the lengths
   */
  public StoredCutter(int sampleRateHertz, int windowSamples, int hopSamples) {
    // Nothing waits for its turn here: each frame is cut where it lies.
    this.bounds = new Cutting.Bounds(sampleRateHertz, windowSamples, hopSamples, 0);
  }

  /**
   * Whether a frame is for this lane, not for the live one.
   *
   * @param lane the sensor's; needed for stored frames alone, null without
   * @param live the sensor's; null without
   */
  public static boolean takes(
      @Nullable StoredLane lane, @Nullable CutterState live, FrameAudio frame) {
    if (live == null) {
      return false;
    }
    if (live.continuesWith(frame)) {
      // It would be cut twice.
      return frame.storedMillis() > 0 && lane != null && lane.has(frame);
    }
    return frame.storedMillis() > 0
        || (live.bootId().equals(frame.bootId()) && frame.sequence() < live.firstSequence());
  }

  /** Takes a frame. {@code before} is null for a sensor without stored frames. */
  public Step accept(@Nullable StoredLane before, @Nullable CutterState live, FrameAudio frame) {
    StoredCutting cutting = new StoredCutting(bounds, before);
    cutting.take(live, frame);
    return cutting.step();
  }

  /** Takes the edges of a hole that the live lane has left. */
  public Step leave(@Nullable StoredLane before, CutResult live) {
    StoredCutting cutting = new StoredCutting(bounds, before);
    live.ends().forEach(cutting::leaveEnd);
    live.heads().forEach(cutting::leaveHead);
    return cutting.step();
  }
}
