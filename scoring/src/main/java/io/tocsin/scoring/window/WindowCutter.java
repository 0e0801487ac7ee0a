package io.tocsin.scoring.window;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a sensor's frames into windows. A run is a stretch of gapless audio; window {@code k} of a
 * run begins {@code k} hops into it. Frames of any length, duplicates, overlaps and frames out of
 * order give the same windows.
 *
 * <p>A frame that comes before its predecessor waits until that arrives, or until more than {@code
 * disorderBound}, {@link #MOST_EARLY} or {@link #MOST_EARLY_FRAMES} of later audio waits with it;
 * then the predecessor is given up, and late should it come after all. So longer frames are held
 * for nobody: out of order they go through at once. {@link #flush} gives up where no more audio
 * comes. A hole shorter than a hop is filled with silence, a longer one ends the run. Time is
 * counted in samples from the run's anchor, so that how the audio was cut does not show; when a
 * sensor's clock has drifted from that count by {@link #DRIFT_TOLERANCE} the anchor is set anew. A
 * frame that begins before the run's end overlaps it when it repeats the run's samples; else its
 * clock has drifted. Overlaps shorter than the tolerance are taken for drift.
 *
 * <p>Windows are cut at the source's rate, each then resampled to the bundle's; another rate begins
 * a new run.
 *
 * <p>Pure: state goes in and comes out. Safe for use by several threads.
 */
public final class WindowCutter {

  /** Difference of sample count and capture clock beyond which the clock is followed. */
  public static final Duration DRIFT_TOLERANCE = Duration.ofMillis(2);

  /** Audio that may wait for a predecessor: bounds the state. */
  public static final Duration MOST_EARLY = Duration.ofSeconds(1);

  /** Frames that may wait for a predecessor: bounds what they bring beside their samples. */
  static final int MOST_EARLY_FRAMES = 10;

  /** Frames that are told apart in the run's tail; of more, the oldest are taken together. */
  static final int MOST_SPANS = 64;

  private final Cutting.Bounds bounds;

  /**
   * @param sampleRateHertz the bundle's, as are the lengths
   * @param disorderBound how much later audio may wait for a missing frame before that is given up;
   *     more than {@link #MOST_EARLY} counts as that
   */
  public WindowCutter(
      int sampleRateHertz, int windowSamples, int hopSamples, Duration disorderBound) {
    this.bounds =
        new Cutting.Bounds(
            sampleRateHertz,
            windowSamples,
            hopSamples,
            Math.min(disorderBound.toNanos(), MOST_EARLY.toNanos()) / 1_000);
  }

  /** Windows that a run of {@code samples} gives. */
  public static long windowsOf(long samples, int windowSamples, int hopSamples) {
    return samples < windowSamples ? 0 : (samples - windowSamples) / hopSamples + 1;
  }

  /** Takes a frame. {@code before} is null for a sensor without state. */
  public CutResult accept(@Nullable CutterState before, FrameAudio frame) {
    Cutting cutting = new Cutting(bounds, before);
    cutting.take(frame);
    cutting.releaseEarly(false);
    return cutting.result();
  }

  /** Gives up waiting: frames that wait for a predecessor are cut as if it were lost. */
  public CutResult flush(CutterState before) {
    Cutting cutting = new Cutting(bounds, before);
    cutting.releaseEarly(true);
    return cutting.result();
  }
}
