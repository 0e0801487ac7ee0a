package io.tocsin.scoring.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One step of a {@link WindowCutter}, from state to state. */
final class Cutting {

  /**
   * The bundle's windows, and how much audio may wait.
   *
   * @param windowSamples at the bundle's rate, as is {@code hopSamples}
   */
  record Bounds(int sampleRateHertz, int windowSamples, int hopSamples, long mostEarlyMicros) {}

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Bounds bounds;

  private @Nullable CutterState state;
  private final List<FrameAudio> early;
  private final List<AudioWindow> windows = new ArrayList<>();
  private final List<CutterState> ends = new ArrayList<>();
  private final List<RunHead> heads = new ArrayList<>();
  private int duplicates;
  private int gaps;
  private int late;
  private int fitted;

  Cutting(Bounds bounds, @Nullable CutterState state) {
    this.bounds = bounds;
    this.state = state;
    this.early = state == null ? new ArrayList<>() : new ArrayList<>(state.early());
  }

  CutResult result() {
    CutterState last = Objects.requireNonNull(state, "a frame was taken");
    return new CutResult(
        last.withEarly(List.copyOf(early)),
        List.copyOf(windows),
        duplicates,
        gaps,
        late,
        fitted,
        List.copyOf(ends),
        List.copyOf(heads));
  }

  /** Begins with a frame; the frame before it may still come. */
  void begin(FrameAudio frame) {
    startRun(frame, true);
  }

  void take(FrameAudio frame) {
    CutterState now = state;
    if (now == null) {
      // What came before was taken by a state that is forgotten, or never will be.
      startRun(frame, false);
    } else if (!now.bootId().equals(frame.bootId())) {
      releaseEarly(true);
      append(frame);
    } else if (frame.sequence() == now.nextSequence()) {
      append(frame);
    } else if (frame.sequence() > now.nextSequence()) {
      hold(frame);
    } else if (skipped(now, frame.sequence())) {
      late++;
    } else {
      duplicates++;
    }
  }

  /** Whether the run went on without that frame, as far as its tail still tells. */
  private boolean skipped(CutterState now, long sequence) {
    long[] taken = now.spanSequences();
    return sequence > taken[0] && Arrays.stream(taken).noneMatch(t -> t == sequence);
  }

  private void hold(FrameAudio frame) {
    if (early.stream().anyMatch(e -> e.sequence() == frame.sequence())) {
      duplicates++;
      return;
    }
    early.add(frame);
    early.sort(Comparator.comparingLong(FrameAudio::sequence));
  }

  void releaseEarly(boolean all) {
    while (!early.isEmpty()) {
      FrameAudio first = early.get(0);
      CutterState now = Objects.requireNonNull(state);
      boolean itsTurn = first.sequence() == now.nextSequence();
      boolean givenUp =
          all
              || early.size() > WindowCutter.MOST_EARLY_FRAMES
              || early.stream().mapToLong(FrameAudio::lengthMicros).sum()
                  > bounds.mostEarlyMicros();
      if (!itsTurn && !givenUp) {
        return;
      }
      early.remove(0);
      append(first);
    }
  }

  /**
   * Begins a run with a frame: on the grid of the run that it lies in where the producer counts.
   *
   * @param behindHole whether the frame before it was captured but has not come
   */
  private void startRun(FrameAudio frame, boolean behindHole) {
    CutterState was = state;
    boolean gaveWindows = was != null && was.windows() > 0;
    CutterState continued = was != null && was.continuesWith(frame) ? was : null;
    if (continued != null && continued.head() != null) {
      heads.add(continued.head());
    }
    long sample = continued != null || !frame.isCounted() ? 0 : frame.runSample();
    long firstIndex = grid(frame.sampleRateHertz()).firstFrom(sample);
    // Runs are told apart and ordered by their start; a clock set back must not make it an old
    // one.
    long runStartMicros =
        was == null
            ? frame.capturedAtMicros()
            : Math.max(frame.capturedAtMicros(), was.runStartMicros() + 1);
    state =
        new CutterState(
            frame.bootId(),
            frame.sequence(),
            frame.sampleRateHertz(),
            runStartMicros,
            // Back at the run's first sample, so that instants are rounded as they are from there.
            frame.capturedAtMicros()
                - Math.floorDiv(sample * MICROS_PER_SECOND, (long) frame.sampleRateHertz()),
            0,
            sample,
            new byte[0],
            firstIndex,
            was == null ? 0 : gaveWindows ? was.runStartMicros() : was.precedingRunMicros(),
            was == null ? 0 : gaveWindows ? was.windows() : was.precedingRunWindows(),
            new long[0],
            new long[0],
            List.of(),
            continued == null ? frame.sequence() : continued.firstSequence(),
            firstIndex,
            behindHole && sample > 0 ? RunHead.before(frame) : null,
            frame.storedMillis());
    join(frame, 0, 0, state.anchorMicros(), 0);
  }

  /** Takes a frame as the next, though one before it may be missing. */
  void append(FrameAudio frame) {
    CutterState now = Objects.requireNonNull(state);
    boolean consecutive = now.continuesWith(frame);
    if (!consecutive) {
      now = leaveHole(now, frame);
    }
    long deltaMicros = frame.capturedAtMicros() - endMicros(now);
    boolean begins =
        frame.runSample() == 0
            && Math.abs(deltaMicros) > WindowCutter.DRIFT_TOLERANCE.toNanos() / 1_000;
    if (begins || frame.sampleRateHertz() != now.sampleRateHertz()) {
      gaps++;
      startRun(frame, !consecutive);
      return;
    }
    // Over silence the clock's small steps back look like repeats to whoever does not count.
    boolean counted = consecutive && frame.runSample() > 0;
    boolean overlaps =
        deltaMicros < 0
            && !counted
            && (repeats(now, frame, samples(now, -deltaMicros))
                || (!consecutive && endMicros(frame) > endMicros(now)));
    if (Math.abs(deltaMicros) <= WindowCutter.DRIFT_TOLERANCE.toNanos() / 1_000) {
      join(frame, 0, 0, now.anchorMicros(), now.anchorSample());
    } else if (Math.abs(deltaMicros) >= grid(now).hopMicros() && !overlaps) {
      gaps++;
      startRun(frame, !consecutive);
    } else if (consecutive && !overlaps) {
      fitted++;
      join(frame, 0, 0, frame.capturedAtMicros(), now.endSample());
    } else if (deltaMicros > 0) {
      fitted++;
      join(frame, 0, samples(now, deltaMicros), now.anchorMicros(), now.anchorSample());
    } else {
      fitted++;
      int known = Math.min(samples(now, -deltaMicros), frame.length());
      join(frame, known, 0, now.anchorMicros(), now.anchorSample());
    }
  }

  /** The frames between were captured and may still come: for them the edges are kept. */
  private CutterState leaveHole(CutterState now, FrameAudio frame) {
    if (frame.isCounted()) {
      ends.add(now.withEarly(List.of()));
    }
    CutterState behind =
        now.unbrokenFrom(frame.sequence(), frame.runSample() > 0 ? RunHead.before(frame) : null);
    state = behind;
    return behind;
  }

  /** Whether the frame's first {@code known} samples are the run's last, as far as kept. */
  private boolean repeats(CutterState now, FrameAudio frame, int known) {
    byte[] tail = now.tail();
    int kept = tail.length / Short.BYTES;
    int from = Math.max(0, known - kept);
    int to = Math.min(known, frame.length());
    int shift = kept - known;
    return from < to
        && Arrays.equals(
            tail,
            (from + shift) * Short.BYTES,
            (to + shift) * Short.BYTES,
            frame.pcm(),
            from * Short.BYTES,
            to * Short.BYTES);
  }

  /** To the nearest: instants are whole microseconds, which no sample's length is. */
  private int samples(CutterState now, long micros) {
    return (int)
        Math.min(
            Integer.MAX_VALUE,
            Math.round(micros * (double) now.sampleRateHertz() / MICROS_PER_SECOND));
  }

  private void join(
      FrameAudio frame, int known, int silence, long anchorMicros, long anchorSample) {
    CutterState now = Objects.requireNonNull(state);
    RunGrowth growth =
        RunGrowth.of(grid(now), now, frame, known, silence, anchorMicros, anchorSample);
    state = growth.state();
    windows.addAll(growth.windows());
    if (growth.completeHead() != null) {
      heads.add(growth.completeHead());
    }
  }

  private WindowGrid grid(CutterState now) {
    return grid(now.sampleRateHertz());
  }

  private WindowGrid grid(int sourceRateHertz) {
    return new WindowGrid(
        sourceRateHertz, bounds.sampleRateHertz(), bounds.windowSamples(), bounds.hopSamples());
  }

  private static long endMicros(CutterState now) {
    return now.anchorMicros()
        + Math.floorDiv(
            (now.endSample() - now.anchorSample()) * MICROS_PER_SECOND,
            (long) now.sampleRateHertz());
  }

  private static long endMicros(FrameAudio frame) {
    return frame.capturedAtMicros() + frame.lengthMicros();
  }
}
