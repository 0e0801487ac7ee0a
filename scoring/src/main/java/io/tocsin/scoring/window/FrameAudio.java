package io.tocsin.scoring.window;

import io.tocsin.audio.Pcm16;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A frame as it left the sensor.
 *
 * @param bootId changes when the producer starts
 * @param sequence frame number within {@code bootId}
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 * @param clockSource discipline of the capture clock, as the contract names it
 * @param clockUncertaintyMicros one standard deviation of that clock
 * @param sampleRateHertz the source's own; may change from frame to frame
 * @param pcm mono, 16 bits, little-endian: bytes, since those go between machines in one piece
 * @param runSample samples captured without a gap before the first; {@link #NOT_COUNTED} where the
 *     producer does not count
 * @param storedMillis how long the producer had kept it; 0 for live audio
 * @param trace that it is told to belong to, in W3C's words; null for none
 */
public record FrameAudio(
    String sensorId,
    String bootId,
    long sequence,
    long capturedAtMicros,
    String clockSource,
    long clockUncertaintyMicros,
    int sampleRateHertz,
    byte[] pcm,
    long runSample,
    long storedMillis,
    @Nullable String trace) {

  /** The place of a frame in its run that the producer does not tell. */
  public static final long NOT_COUNTED = -1;

  /** A live frame of samples of 16 bits, its place in its run not told. */
  public static FrameAudio of(
      String sensorId,
      String bootId,
      long sequence,
      long capturedAtMicros,
      String clockSource,
      long clockUncertaintyMicros,
      int sampleRateHertz,
      short[] samples) {
    return new FrameAudio(
        sensorId,
        bootId,
        sequence,
        capturedAtMicros,
        clockSource,
        clockUncertaintyMicros,
        sampleRateHertz,
        Pcm16.encode(samples).array(),
        NOT_COUNTED,
        0,
        null);
  }

  /** The same frame, {@code runSample} samples into its run. */
  public FrameAudio inRun(long sample) {
    return new FrameAudio(
        sensorId,
        bootId,
        sequence,
        capturedAtMicros,
        clockSource,
        clockUncertaintyMicros,
        sampleRateHertz,
        pcm,
        sample,
        storedMillis,
        trace);
  }

  /** The same frame, sent after so long. */
  public FrameAudio stored(long millis) {
    return new FrameAudio(
        sensorId,
        bootId,
        sequence,
        capturedAtMicros,
        clockSource,
        clockUncertaintyMicros,
        sampleRateHertz,
        pcm,
        runSample,
        millis,
        trace);
  }

  /** The same frame in another trace; null for none. */
  public FrameAudio in(@Nullable String otherTrace) {
    return new FrameAudio(
        sensorId,
        bootId,
        sequence,
        capturedAtMicros,
        clockSource,
        clockUncertaintyMicros,
        sampleRateHertz,
        pcm,
        runSample,
        storedMillis,
        otherTrace);
  }

  FrameAudio withPcm(byte[] other) {
    return new FrameAudio(
        sensorId,
        bootId,
        sequence,
        capturedAtMicros,
        clockSource,
        clockUncertaintyMicros,
        sampleRateHertz,
        other,
        runSample,
        storedMillis,
        trace);
  }

  boolean isCounted() {
    return runSample != NOT_COUNTED;
  }

  /** How many samples there are. */
  public int length() {
    return pcm.length / Short.BYTES;
  }

  /** A copy of the samples. */
  public short[] samples() {
    return Pcm16.decode(ByteBuffer.wrap(pcm));
  }

  long lengthMicros() {
    return length() * 1_000_000L / sampleRateHertz;
  }
}
