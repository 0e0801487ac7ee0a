package io.tocsin.scoring.window;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a sensor's frames into windows. A run is a stretch of gapless audio; window {@code k} of a
 * run begins {@code k} hops into it. Frames of any length, duplicates, overlaps and frames out of
 * order give the same windows.
 *
 * <p>A frame that comes before its predecessor waits until that arrives, or until the sensor has
 * sent audio {@code disorderBound} newer. A hole shorter than a hop is filled with silence, a
 * longer one ends the run. Time is counted in samples from the run's anchor, so that how the audio
 * was cut does not show; when a sensor's clock has drifted from that count by {@link
 * #DRIFT_TOLERANCE} the anchor is set anew. A frame that begins before the run's end overlaps it
 * when it repeats the run's samples; else its clock has drifted. Overlaps shorter than the
 * tolerance are taken for drift.
 *
 * <p>Pure: state goes in and comes out. Safe for use by several threads.
 */
public final class WindowCutter {

  /** Difference of sample count and capture clock beyond which the clock is followed. */
  public static final Duration DRIFT_TOLERANCE = Duration.ofMillis(2);

  /** Frames that may wait for a predecessor: bounds the state. */
  static final int MOST_EARLY_FRAMES = 16;

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final int sampleRateHertz;
  private final int windowSamples;
  private final int hopSamples;
  private final long disorderBoundMicros;

  /**
   * @param disorderBound how much newer audio may be before a missing frame is given up
   */
  public WindowCutter(
      int sampleRateHertz, int windowSamples, int hopSamples, Duration disorderBound) {
    this.sampleRateHertz = sampleRateHertz;
    this.windowSamples = windowSamples;
    this.hopSamples = hopSamples;
    this.disorderBoundMicros = disorderBound.toNanos() / 1_000;
  }

  /** Windows that a run of {@code samples} gives. */
  public static long windowsOf(long samples, int windowSamples, int hopSamples) {
    return samples < windowSamples ? 0 : (samples - windowSamples) / hopSamples + 1;
  }

  /** Takes a frame. {@code before} is null for a sensor without state. */
  public CutResult accept(@Nullable CutterState before, FrameAudio frame) {
    Cutting cutting = new Cutting(before);
    cutting.take(frame);
    cutting.releaseEarly(false);
    return cutting.result();
  }

  /** Gives up waiting: frames that wait for a predecessor are cut as if it were lost. */
  public CutResult flush(CutterState before) {
    Cutting cutting = new Cutting(before);
    cutting.releaseEarly(true);
    return cutting.result();
  }

  /** One step, from state to state. */
  private final class Cutting {

    private @Nullable CutterState state;
    private final List<FrameAudio> early;
    private final List<AudioWindow> windows = new ArrayList<>();
    private int duplicates;
    private int gaps;
    private int late;

    Cutting(@Nullable CutterState state) {
      this.state = state;
      this.early = state == null ? new ArrayList<>() : new ArrayList<>(state.early());
    }

    CutResult result() {
      CutterState last = java.util.Objects.requireNonNull(state, "a frame was taken");
      return new CutResult(
          last.withEarly(List.copyOf(early)), List.copyOf(windows), duplicates, gaps, late);
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
        CutterState now = java.util.Objects.requireNonNull(state);
        FrameAudio newest = early.get(early.size() - 1);
        boolean itsTurn = first.sequence() == now.nextSequence();
        boolean givenUp =
            all
                || early.size() > MOST_EARLY_FRAMES
                || newest.capturedAtMicros() - endMicros(now) > disorderBoundMicros;
        if (!itsTurn && !givenUp) {
          return;
        }
        early.remove(0);
        append(first);
      }
    }

    private void startRun(FrameAudio frame) {
      // Runs are told apart and ordered by their start; a clock set back must not make it an old
      // one.
      long runStartMicros =
          state == null
              ? frame.capturedAtMicros()
              : Math.max(frame.capturedAtMicros(), state.runStartMicros() + 1);
      state =
          new CutterState(
              frame.bootId(),
              frame.sequence(),
              runStartMicros,
              frame.capturedAtMicros(),
              0,
              0,
              new short[0],
              0,
              new long[0],
              new long[0],
              List.of());
      join(frame, frame.samples(), 0, state.anchorMicros(), 0);
    }

    private void append(FrameAudio frame) {
      CutterState now = java.util.Objects.requireNonNull(state);
      long deltaMicros = frame.capturedAtMicros() - endMicros(now);
      long hopMicros = hopSamples * MICROS_PER_SECOND / sampleRateHertz;
      boolean consecutive =
          frame.bootId().equals(now.bootId()) && frame.sequence() == now.nextSequence();
      boolean overlaps =
          deltaMicros < 0
              && (repeats(now, frame, samples(-deltaMicros))
                  || (!consecutive && endMicros(frame) > endMicros(now)));
      if (Math.abs(deltaMicros) <= DRIFT_TOLERANCE.toNanos() / 1_000) {
        join(frame, frame.samples(), 0, now.anchorMicros(), now.anchorSample());
      } else if (Math.abs(deltaMicros) >= hopMicros && !overlaps) {
        gaps++;
        startRun(frame);
      } else if (consecutive && !overlaps) {
        join(frame, frame.samples(), 0, frame.capturedAtMicros(), now.endSample());
      } else if (deltaMicros > 0) {
        join(frame, frame.samples(), samples(deltaMicros), now.anchorMicros(), now.anchorSample());
      } else {
        int known = Math.min(samples(-deltaMicros), frame.samples().length);
        short[] fresh = Arrays.copyOfRange(frame.samples(), known, frame.samples().length);
        join(frame, fresh, 0, now.anchorMicros(), now.anchorSample());
      }
    }

    /** Whether the frame's first {@code known} samples are the run's last, as far as kept. */
    private boolean repeats(CutterState now, FrameAudio frame, int known) {
      short[] tail = now.tail();
      int from = Math.max(0, known - tail.length);
      int to = Math.min(known, frame.samples().length);
      int shift = tail.length - known;
      return from < to && Arrays.equals(tail, from + shift, to + shift, frame.samples(), from, to);
    }

    /** To the nearest: instants are whole microseconds, which no sample's length is. */
    private int samples(long micros) {
      return (int) Math.round(micros * (double) sampleRateHertz / MICROS_PER_SECOND);
    }

    private void join(
        FrameAudio frame, short[] fresh, int silence, long anchorMicros, long anchorSample) {
      CutterState now = java.util.Objects.requireNonNull(state);
      short[] tail = Arrays.copyOf(now.tail(), now.tail().length + silence + fresh.length);
      System.arraycopy(fresh, 0, tail, now.tail().length + silence, fresh.length);
      long[] sequences = with(now.spanSequences(), frame.sequence());
      long[] ends = with(now.spanEnds(), now.tailSample() + tail.length);
      long tailSample = now.tailSample();
      long index = now.nextIndex();
      int from = 0;
      while (tail.length - from >= windowSamples) {
        int firstSpan = firstSpan(ends, tailSample + from);
        windows.add(
            new AudioWindow(
                frame.sensorId(),
                now.runStartMicros(),
                index,
                micros(anchorMicros, tailSample + from - anchorSample),
                Arrays.copyOfRange(tail, from, from + windowSamples),
                frame.bootId(),
                sequences[firstSpan],
                frame.sequence(),
                frame.clockSource(),
                frame.clockUncertaintyMicros()));
        index++;
        from += hopSamples;
      }
      int firstSpan = Math.min(firstSpan(ends, tailSample + from), ends.length - 1);
      state =
          new CutterState(
              frame.bootId(),
              frame.sequence() + 1,
              now.runStartMicros(),
              anchorMicros,
              anchorSample,
              tailSample + from,
              Arrays.copyOfRange(tail, from, tail.length),
              index,
              Arrays.copyOfRange(sequences, firstSpan, sequences.length),
              Arrays.copyOfRange(ends, firstSpan, ends.length),
              List.of());
    }

    private long endMicros(CutterState now) {
      return micros(now.anchorMicros(), now.endSample() - now.anchorSample());
    }

    private long endMicros(FrameAudio frame) {
      return micros(frame.capturedAtMicros(), frame.samples().length);
    }

    private long micros(long anchorMicros, long samples) {
      return anchorMicros + Math.floorDiv(samples * MICROS_PER_SECOND, (long) sampleRateHertz);
    }
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
