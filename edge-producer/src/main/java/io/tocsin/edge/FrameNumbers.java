package io.tocsin.edge;

/**
 * Numbers one sensor's frames and counts their samples: from 0 on behind each gap in capture. For
 * one thread.
 */
public final class FrameNumbers {

  /** A jump of the capture time that is a gap; a smaller one is the clock's. */
  public static final long GAP_MICROS = 50_000;

  private final int sampleRateHertz;
  private long sequence;
  private long runSample;
  private long endMicros = Long.MIN_VALUE;

  public FrameNumbers(int sampleRateHertz) {
    this.sampleRateHertz = sampleRateHertz;
  }

  /** There is a gap before the next frame, however short. */
  void gap() {
    endMicros = Long.MIN_VALUE;
  }

  /**
   * A frame's place.
   *
   * @param sequence frames before it
   * @param runSample samples captured without a gap before its first
   */
  public record Place(long sequence, long runSample) {}

  /**
   * The place of the next frame.
   *
   * @param samples how many there are in it
   * @param capturedAtMicros instant of the first of them
   */
  public Place next(int samples, long capturedAtMicros) {
    if (endMicros == Long.MIN_VALUE || Math.abs(capturedAtMicros - endMicros) > GAP_MICROS) {
      runSample = 0;
    }
    Place place = new Place(sequence, runSample);
    sequence++;
    runSample += samples;
    endMicros = capturedAtMicros + samples * 1_000_000L / sampleRateHertz;
    return place;
  }
}
