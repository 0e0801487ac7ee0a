package io.tocsin.scoring.window;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a sensor between frames: less than two windows of samples, and the frames that
 * came before their turn.
 *
 * @param bootId of the newest frame taken
 * @param nextSequence the frame that follows
 * @param runStartMicros first sample of the current run
 * @param anchorMicros instant of the run's sample number {@code anchorSample}
 * @param tailSample number in the run of the first sample of {@code tail}
 * @param tail samples that later windows need
 * @param nextIndex number of the next window
 * @param spanSequences sequences of the frames that {@code tail} comes from
 * @param spanEnds number in the run of the sample behind each of them
 * @param early frames that wait for one before them
 */
public record CutterState(
    String bootId,
    long nextSequence,
    long runStartMicros,
    long anchorMicros,
    long anchorSample,
    long tailSample,
    short[] tail,
    long nextIndex,
    long[] spanSequences,
    long[] spanEnds,
    List<FrameAudio> early) {

  long endSample() {
    return tailSample + tail.length;
  }

  CutterState withEarly(List<FrameAudio> frames) {
    return new CutterState(
        bootId,
        nextSequence,
        runStartMicros,
        anchorMicros,
        anchorSample,
        tailSample,
        tail,
        nextIndex,
        spanSequences,
        spanEnds,
        frames);
  }

  @Nullable FrameAudio firstEarly() {
    return early.isEmpty() ? null : early.get(0);
  }
}
