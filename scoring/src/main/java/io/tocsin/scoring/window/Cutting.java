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
        last.withEarly(List.copyOf(early)), List.copyOf(windows), duplicates, gaps, late, fitted);
  }

  void take(FrameAudio frame) {
    CutterState now = state;
    if (now == null) {
      startRun(frame);
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

  private void startRun(FrameAudio frame) {
    CutterState was = state;
    boolean gaveWindows = was != null && was.nextIndex() > 0;
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
            frame.capturedAtMicros(),
            0,
            0,
            new byte[0],
            0,
            was == null ? 0 : gaveWindows ? was.runStartMicros() : was.precedingRunMicros(),
            was == null ? 0 : gaveWindows ? was.nextIndex() : was.precedingRunWindows(),
            new long[0],
            new long[0],
            List.of());
    join(frame, 0, 0, state.anchorMicros(), 0);
  }

  private void append(FrameAudio frame) {
    CutterState now = Objects.requireNonNull(state);
    if (frame.sampleRateHertz() != now.sampleRateHertz()) {
      gaps++;
      startRun(frame);
      return;
    }
    long deltaMicros = frame.capturedAtMicros() - endMicros(now);
    boolean consecutive =
        frame.bootId().equals(now.bootId()) && frame.sequence() == now.nextSequence();
    boolean overlaps =
        deltaMicros < 0
            && (repeats(now, frame, samples(now, -deltaMicros))
                || (!consecutive && endMicros(frame) > endMicros(now)));
    if (Math.abs(deltaMicros) <= WindowCutter.DRIFT_TOLERANCE.toNanos() / 1_000) {
      join(frame, 0, 0, now.anchorMicros(), now.anchorSample());
    } else if (Math.abs(deltaMicros) >= grid(now).hopMicros() && !overlaps) {
      gaps++;
      startRun(frame);
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
    WindowGrid grid = grid(now);
    Stretch stretch = new Stretch(now.tail(), silence, frame.pcm(), known);
    long end = now.tailSample() + stretch.length();
    long[] sequences = with(now.spanSequences(), frame.sequence());
    long[] ends = with(now.spanEnds(), end);
    long index = now.nextIndex();
    long start = now.tailSample();
    while (end - start >= grid.windowSamples()) {
      int from = (int) (start - now.tailSample());
      windows.add(
          new AudioWindow(
              frame.sensorId(),
              now.runStartMicros(),
              index,
              micros(now, anchorMicros, start - anchorSample),
              now.precedingRunMicros(),
              now.precedingRunWindows(),
              grid.atBundleRate(stretch.copy(from, grid.windowSamples())),
              frame.bootId(),
              sequences[firstSpan(ends, start)],
              frame.sequence(),
              frame.clockSource(),
              frame.clockUncertaintyMicros()));
      index++;
      start = grid.startOf(index);
    }
    int firstSpan = firstSpan(ends, start);
    boolean manySpans = ends.length - firstSpan > WindowCutter.MOST_SPANS;
    int firstEnd = manySpans ? firstSpan + 1 : firstSpan;
    long[] keptSequences = Arrays.copyOfRange(sequences, firstEnd, sequences.length);
    keptSequences[0] = sequences[firstSpan];
    state =
        new CutterState(
            frame.bootId(),
            frame.sequence() + 1,
            now.sampleRateHertz(),
            now.runStartMicros(),
            anchorMicros,
            anchorSample,
            start,
            stretch.copy((int) (start - now.tailSample()), (int) (end - start)),
            index,
            now.precedingRunMicros(),
            now.precedingRunWindows(),
            keptSequences,
            Arrays.copyOfRange(ends, firstEnd, ends.length),
            List.of());
  }

  private WindowGrid grid(CutterState now) {
    return new WindowGrid(
        now.sampleRateHertz(),
        bounds.sampleRateHertz(),
        bounds.windowSamples(),
        bounds.hopSamples());
  }

  private static long endMicros(CutterState now) {
    return micros(now, now.anchorMicros(), now.endSample() - now.anchorSample());
  }

  private static long endMicros(FrameAudio frame) {
    return frame.capturedAtMicros() + frame.lengthMicros();
  }

  private static long micros(CutterState now, long anchorMicros, long samples) {
    return anchorMicros + Math.floorDiv(samples * MICROS_PER_SECOND, (long) now.sampleRateHertz());
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
