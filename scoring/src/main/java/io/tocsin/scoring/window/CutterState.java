package io.tocsin.scoring.window;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a sensor between frames: less than a window of samples, and the frames that came
 * before their turn, at most {@link WindowCutter#MOST_EARLY} of audio. At 16 kHz and windows of
 * 0.975 s that is under 64 KiB with names of up to 40 letters, 68 KiB with the longest; for the
 * second after a hole, until {@code head} is complete, 32 KiB more.
 *
 * @param bootId of the newest frame taken
 * @param nextSequence the frame that follows
 * @param sampleRateHertz of the current run
 * @param runStartMicros first sample of the current run
 * @param anchorMicros instant of the run's sample number {@code anchorSample}
 * @param tailSample number in the run of the first sample of {@code tail}
 * @param tail samples that later windows need: 16 bits, little-endian
 * @param nextIndex number of the next window on the run's grid
 * @param precedingRunMicros start of the last run before this one that gave a window; 0 without
 * @param precedingRunWindows number of its windows
 * @param spanSequences sequences of the frames that {@code tail} comes from
 * @param spanEnds number in the run of the sample behind each of them
 * @param early frames that wait for one before them
 * @param firstSequence from here on up to {@code nextSequence} no frame of {@code bootId} is
 *     missing
 * @param firstIndex number of the run's first window on its grid: not 0 where its audio begins
 *     behind a hole
 * @param head of the run, while it comes in; null where none is wanted
 * @param storedMillis of the newest frame taken
 */
public record CutterState(
    String bootId,
    long nextSequence,
    int sampleRateHertz,
    long runStartMicros,
    long anchorMicros,
    long anchorSample,
    long tailSample,
    byte[] tail,
    long nextIndex,
    long precedingRunMicros,
    long precedingRunWindows,
    long[] spanSequences,
    long[] spanEnds,
    List<FrameAudio> early,
    long firstSequence,
    long firstIndex,
    @Nullable RunHead head,
    long storedMillis) {

  /**
   * Whether frames wait for one before them. Where nothing comes for as long as the disorder bound
   * after that, the one before them is lost: {@link WindowCutter#flush}.
   */
  public boolean waiting() {
    return !early.isEmpty();
  }

  /** Whether the frame was taken, or waits. */
  boolean has(FrameAudio frame) {
    return bootId.equals(frame.bootId())
        && ((frame.sequence() >= firstSequence && frame.sequence() < nextSequence)
            || early.stream().anyMatch(e -> e.sequence() == frame.sequence()));
  }

  /** Whether the frame is the next. */
  boolean continuesWith(FrameAudio frame) {
    return bootId.equals(frame.bootId()) && nextSequence == frame.sequence();
  }

  /** Windows that the run has given. */
  long windows() {
    return nextIndex - firstIndex;
  }

  long endSample() {
    return tailSample + tail.length / Short.BYTES;
  }

  CutterState withEarly(List<FrameAudio> frames) {
    return new CutterState(
        bootId,
        nextSequence,
        sampleRateHertz,
        runStartMicros,
        anchorMicros,
        anchorSample,
        tailSample,
        tail,
        nextIndex,
        precedingRunMicros,
        precedingRunWindows,
        spanSequences,
        spanEnds,
        frames,
        firstSequence,
        firstIndex,
        head,
        storedMillis);
  }

  /** The same audio, with no frame missing from {@code sequence} on. */
  CutterState unbrokenFrom(long sequence, @Nullable RunHead newHead) {
    return new CutterState(
        bootId,
        nextSequence,
        sampleRateHertz,
        runStartMicros,
        anchorMicros,
        anchorSample,
        tailSample,
        tail,
        nextIndex,
        precedingRunMicros,
        precedingRunWindows,
        spanSequences,
        spanEnds,
        early,
        sequence,
        firstIndex,
        newHead,
        storedMillis);
  }

  /** The same audio, which came in frames up to the one before {@code next}. */
  CutterState upTo(long next) {
    return new CutterState(
        bootId,
        next,
        sampleRateHertz,
        runStartMicros,
        anchorMicros,
        anchorSample,
        tailSample,
        tail,
        nextIndex,
        precedingRunMicros,
        precedingRunWindows,
        spanSequences,
        spanEnds,
        early,
        firstSequence,
        firstIndex,
        head,
        storedMillis);
  }
}
