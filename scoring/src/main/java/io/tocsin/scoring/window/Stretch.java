package io.tocsin.scoring.window;

/**
 * What is kept of a run, silence for a hole, and a frame's new samples: one stretch, uncopied.
 * Lengths and places are counted in samples; the audio is 16-bit PCM.
 */
record Stretch(byte[] tail, int silence, byte[] frame, int frameFrom) {

  private int tailLength() {
    return tail.length / Short.BYTES;
  }

  int length() {
    return tailLength() + silence + frame.length / Short.BYTES - frameFrom;
  }

  /** A copy of {@code length} samples from {@code from} on. */
  byte[] copy(int from, int length) {
    byte[] copy = new byte[length * Short.BYTES];
    int ofTail = Math.min(length, tailLength() - from);
    if (ofTail > 0) {
      System.arraycopy(tail, from * Short.BYTES, copy, 0, ofTail * Short.BYTES);
    }
    int frameAt = tailLength() + silence - from;
    int first = Math.max(0, frameAt);
    if (first < length) {
      System.arraycopy(
          frame,
          (frameFrom + first - frameAt) * Short.BYTES,
          copy,
          first * Short.BYTES,
          (length - first) * Short.BYTES);
    }
    return copy;
  }
}
