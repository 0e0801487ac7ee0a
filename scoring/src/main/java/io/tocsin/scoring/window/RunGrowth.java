package io.tocsin.scoring.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run with one frame more.
 *
 * @param state behind the frame
 * @param windows that the frame completes
 * @param completeHead of the run, if the frame completes it; else null
 */
record RunGrowth(CutterState state, List<AudioWindow> windows, @Nullable RunHead completeHead) {

  private static final long MICROS_PER_SECOND = 1_000_000;

  /**
   * Joins a frame to a run.
   *
   * @param known samples at the frame's beginning that the run ends with already
   * @param silence samples to put before it
   * @param anchorMicros instant of the run's sample number {@code anchorSample} from now on
   */
  static RunGrowth of(
      WindowGrid grid,
      CutterState now,
      FrameAudio frame,
      int known,
      int silence,
      long anchorMicros,
      long anchorSample) {
    Stretch stretch = new Stretch(now.tail(), silence, frame.pcm(), known);
    long end = now.tailSample() + stretch.length();
    long[] sequences = with(now.spanSequences(), frame.sequence());
    long[] ends = with(now.spanEnds(), end);
    long index = now.nextIndex();
    long start = grid.startOf(index);
    List<AudioWindow> windows = new ArrayList<>();
    while (end - start >= grid.windowSamples()) {
      windows.add(
          new AudioWindow(
              frame.sensorId(),
              now.runStartMicros(),
              index - now.firstIndex(),
              anchorMicros
                  + Math.floorDiv(
                      (start - anchorSample) * MICROS_PER_SECOND, (long) now.sampleRateHertz()),
              now.precedingRunMicros(),
              now.precedingRunWindows(),
              grid.atBundleRate(
                  stretch.copy((int) (start - now.tailSample()), grid.windowSamples())),
              frame.bootId(),
              sequences[firstSpan(ends, start)],
              frame.sequence(),
              frame.clockSource(),
              frame.clockUncertaintyMicros(),
              Lane.LIVE,
              Math.max(now.storedMillis(), frame.storedMillis()),
              null));
      index++;
      start = grid.startOf(index);
    }
    RunHead head = head(grid, now.head(), frame, known);
    boolean complete = head != null && head.isComplete(grid.windowSamples() - 1);
    // Before the first window of a run that begins on another's grid nothing is kept.
    long keptFrom = Math.min(start, end);
    int firstSpan = firstSpan(ends, keptFrom);
    boolean manySpans = ends.length - firstSpan > WindowCutter.MOST_SPANS;
    int firstEnd = manySpans ? firstSpan + 1 : firstSpan;
    long[] keptSequences = Arrays.copyOfRange(sequences, firstEnd, sequences.length);
    keptSequences[0] = sequences[firstSpan];
    return new RunGrowth(
        new CutterState(
            frame.bootId(),
            frame.sequence() + 1,
            now.sampleRateHertz(),
            now.runStartMicros(),
            anchorMicros,
            anchorSample,
            keptFrom,
            stretch.copy((int) (keptFrom - now.tailSample()), (int) (end - keptFrom)),
            index,
            now.precedingRunMicros(),
            now.precedingRunWindows(),
            keptSequences,
            Arrays.copyOfRange(ends, firstEnd, ends.length),
            List.of(),
            now.firstSequence(),
            now.firstIndex(),
            complete ? null : head,
            frame.storedMillis()),
        windows,
        complete ? head : null);
  }

  private static @Nullable RunHead head(
      WindowGrid grid, @Nullable RunHead head, FrameAudio frame, int known) {
    return head == null
        ? null
        : head.grown(frame, head.audio().length() == 0 ? 0 : known, grid.windowSamples() - 1);
  }

  private static int firstSpan(long[] ends, long sample) {
    int span = 0;
    while (span < ends.length - 1 && ends[span] <= sample) {
      span++;
    }
    return span;
  }

  private static long[] with(long[] values, long value) {
    long[] longer = Arrays.copyOf(values, values.length + 1);
    longer[values.length] = value;
    return longer;
  }
}
