package io.tocsin.scoring.window;

import java.util.List;

/**
 * What is kept of a sensor beside its live audio while frames are missing that it captured: the
 * edges of the holes, each less than a window of samples and at most {@link #MOST_EDGES}. At 16 kHz
 * and windows of 0.975 s that is under 126 KiB; without holes it is names and numbers alone.
 *
 * @param ends audio whose next frame has not come, the one touched last at the end
 * @param heads audio whose frame before has not come, the newest at the end
 * @param covered frames that were taken, the newest at the end
 * @param passage what the newest windows belong to
 */
public record StoredLane(
    List<CutterState> ends, List<RunHead> heads, List<Covered> covered, Passage passage) {

  /** Edges that are kept; of more, the ends that were touched longest ago go first. */
  public static final int MOST_EDGES = 4;

  /** Stretches of frames that are known as taken; of more, the oldest are forgotten. */
  static final int MOST_COVERED = 32;

  static final StoredLane EMPTY =
      new StoredLane(List.of(), List.of(), List.of(), new Passage(0, 0, 0, 0, 0, "", 0));

  /**
   * Frames of a boot without one missing.
   *
   * @param first sequence of the first
   * @param next sequence behind the last
   */
  public record Covered(String bootId, long first, long next) {

    boolean has(FrameAudio frame) {
      return bootId.equals(frame.bootId()) && frame.sequence() >= first && frame.sequence() < next;
    }

    boolean touches(Covered other) {
      return bootId.equals(other.bootId) && first <= other.next && other.first <= next;
    }

    Covered with(Covered other) {
      return new Covered(bootId, Math.min(first, other.first), Math.max(next, other.next));
    }
  }

  /**
   * Windows that follow each other. The lane's windows are named by it as live ones by their run:
   * the lane goes from one hole to another, and may come back.
   *
   * @param nameMicros of the passage, later than any before
   * @param windows that it has given
   * @param runStartMicros the run that they were cut in
   * @param precedingMicros name of the last passage before that gave a window; 0 without
   * @param precedingWindows number of its windows
   * @param bootId of its newest frame
   * @param nextSequence the frame with which it goes on
   */
  public record Passage(
      long nameMicros,
      long windows,
      long runStartMicros,
      long precedingMicros,
      long precedingWindows,
      String bootId,
      long nextSequence) {

    boolean goesOnWith(FrameAudio frame) {
      return bootId.equals(frame.bootId()) && nextSequence == frame.sequence();
    }

    boolean endsWith(CutterState end) {
      return bootId.equals(end.bootId()) && nextSequence == end.nextSequence();
    }

    /** A passage that follows this one. */
    Passage next() {
      return windows == 0
          ? this
          : new Passage(nameMicros + 1, 0, 0, nameMicros, windows, bootId, nextSequence);
    }

    /** With one window more; one of another run begins a passage. */
    Passage with(AudioWindow window) {
      Passage in = windows > 0 && window.runStartMicros() != runStartMicros ? next() : this;
      return new Passage(
          in.windows == 0 ? Math.max(in.nameMicros, window.startMicros()) : in.nameMicros,
          in.windows + 1,
          window.runStartMicros(),
          in.precedingMicros,
          in.precedingWindows,
          bootId,
          nextSequence);
    }

    Passage upTo(String newestBootId, long next) {
      return new Passage(
          nameMicros,
          windows,
          runStartMicros,
          precedingMicros,
          precedingWindows,
          newestBootId,
          next);
    }
  }

  /** Whether the frame was taken. */
  boolean has(FrameAudio frame) {
    return covered.stream().anyMatch(c -> c.has(frame));
  }

  /** How many edges are kept; audio between two holes that is shorter than a window has two. */
  static int edges(List<CutterState> ends, List<RunHead> heads) {
    return heads.size() + ends.stream().mapToInt(end -> end.head() == null ? 1 : 2).sum();
  }

  /** Whether audio is kept for frames that are missing. */
  public boolean hasHoles() {
    return !ends.isEmpty() || !heads.isEmpty();
  }

  /** The same without that audio: the frames are awaited no longer. */
  public StoredLane closed() {
    return new StoredLane(List.of(), List.of(), covered, passage);
  }
}
