package io.tocsin.scoring.window;

import io.tocsin.audio.Pcm16;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A window to be scored.
 *
 * @param runStartMicros first sample of the run of gapless audio that it lies in: names the run
 * @param index number of the window within its run, from 0
 * @param startMicros instant of its first sample
 * @param precedingRunMicros start of the sensor's last run before this one that gave a window; 0
 *     when there is none
 * @param precedingRunWindows number of windows of that run
 * @param pcm exactly a window at the bundle's rate, 16 bits, little-endian: bytes, since what is
 *     under way goes into every checkpoint
 * @param bootId of the frames that hold it
 * @param firstSequence of the first of those frames
 * @param lastSequence of the last of those frames
 * @param lane that it was cut in; each has runs of its own
 * @param storedMillis how long the sensor had kept its audio; 0 for live audio
 * @param trace of the frame that brought it out; null for none
 */
public record AudioWindow(
    String sensorId,
    long runStartMicros,
    long index,
    long startMicros,
    long precedingRunMicros,
    long precedingRunWindows,
    byte[] pcm,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros,
    Lane lane,
    long storedMillis,
    @Nullable String trace) {

  /** A window of live audio. */
  public AudioWindow(
      String sensorId,
      long runStartMicros,
      long index,
      long startMicros,
      long precedingRunMicros,
      long precedingRunWindows,
      byte[] pcm,
      String bootId,
      long firstSequence,
      long lastSequence,
      String clockSource,
      long clockUncertaintyMicros) {
    this(
        sensorId,
        runStartMicros,
        index,
        startMicros,
        precedingRunMicros,
        precedingRunWindows,
        pcm,
        bootId,
        firstSequence,
        lastSequence,
        clockSource,
        clockUncertaintyMicros,
        Lane.LIVE,
        0,
        null);
  }

  /** The same window as one of the stored lane, named by its place there. */
  AudioWindow stored(
      long passageMicros,
      long indexInPassage,
      long precedingMicros,
      long precedingWindows,
      long newestSequence) {
    return new AudioWindow(
        sensorId,
        passageMicros,
        indexInPassage,
        startMicros,
        precedingMicros,
        precedingWindows,
        pcm,
        bootId,
        firstSequence,
        newestSequence,
        clockSource,
        clockUncertaintyMicros,
        Lane.STORED,
        storedMillis,
        trace);
  }

  /** The same window in another trace; null for none. */
  public AudioWindow in(@Nullable String otherTrace) {
    return new AudioWindow(
        sensorId,
        runStartMicros,
        index,
        startMicros,
        precedingRunMicros,
        precedingRunWindows,
        pcm,
        bootId,
        firstSequence,
        lastSequence,
        clockSource,
        clockUncertaintyMicros,
        lane,
        storedMillis,
        otherTrace);
  }

  /** How many samples there are. */
  public int length() {
    return pcm.length / Short.BYTES;
  }

  /** A copy of the samples. */
  public short[] samples() {
    return Pcm16.decode(ByteBuffer.wrap(pcm));
  }
}
