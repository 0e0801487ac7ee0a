package io.tocsin.scoring.window;

import java.util.List;

/**
 * What is kept of a sensor between frames: less than a window of samples, and the frames that came
 * before their turn, at most {@link WindowCutter#MOST_EARLY} of audio. At 16 kHz and windows of
 * 0.975 s that is under 64 KiB with names of up to 40 letters, 68 KiB with the longest.
 *
 * @param bootId of the newest frame taken
 * @param nextSequence the frame that follows
 * @param sampleRateHertz of the current run
 * @param runStartMicros first sample of the current run
 * @param anchorMicros instant of the run's sample number {@code anchorSample}
 * @param tailSample number in the run of the first sample of {@code tail}
 * @param tail samples that later windows need: 16 bits, little-endian
 * @param nextIndex number of the next window
 * @param precedingRunMicros start of the last run before this one that gave a window; 0 without
 * @param precedingRunWindows number of its windows
 * @param spanSequences sequences of the frames that {@code tail} comes from
 * @param spanEnds number in the run of the sample behind each of them
 * @param early frames that wait for one before them
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
    List<FrameAudio> early) {

  /**
   * Whether frames wait for one before them. Where nothing comes for as long as the disorder bound
   * after that, the one before them is lost: {@link WindowCutter#flush}.
   */
  public boolean waiting() {
    return !early.isEmpty();
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
        frames);
  }
}
