package io.tocsin.scoring.window;

import java.util.Arrays;

/**
 * How audio begins whose frame before was captured but has not come: the first sample short of a
 * window, enough for every window that begins before it and ends in it.
 *
 * @param audio those samples, or fewer while they come in, as one frame that bears the number of
 *     the first
 * @param lastSequence of the frames that they come from
 */
public record RunHead(FrameAudio audio, long lastSequence) {

  /** As it begins, yet without samples. */
  static RunHead before(FrameAudio frame) {
    return new RunHead(frame.withPcm(new byte[0]), frame.sequence());
  }

  boolean startsBehind(CutterState end) {
    return audio.bootId().equals(end.bootId()) && audio.sequence() == end.nextSequence();
  }

  boolean isComplete(int samples) {
    return audio.length() >= samples;
  }

  /** With the frame's samples from {@code from} on, up to {@code most} in all. */
  RunHead grown(FrameAudio frame, int from, int most) {
    int length = audio.pcm().length;
    int more =
        Math.max(0, Math.min(most * Short.BYTES - length, frame.pcm().length - from * Short.BYTES));
    byte[] pcm = Arrays.copyOf(audio.pcm(), length + more);
    System.arraycopy(frame.pcm(), from * Short.BYTES, pcm, length, more);
    return new RunHead(audio.withPcm(pcm), more > 0 ? frame.sequence() : lastSequence);
  }
}
