package io.tocsin.scoring.window;

/** What is kept of a run, silence for a hole, and a frame's new samples: one stretch, uncopied. */
record Stretch(short[] tail, int silence, FrameAudio frame, int frameFrom) {

  int length() {
    return tail.length + silence + frame.length() - frameFrom;
  }

  /** A copy of {@code length} samples from {@code from} on. */
  short[] copy(int from, int length) {
    short[] copy = new short[length];
    int ofTail = Math.min(length, tail.length - from);
    if (ofTail > 0) {
      System.arraycopy(tail, from, copy, 0, ofTail);
    }
    int frameAt = tail.length + silence - from;
    int first = Math.max(0, frameAt);
    if (first < length) {
      frame.copy(frameFrom + first - frameAt, copy, first, length - first);
    }
    return copy;
  }
}
