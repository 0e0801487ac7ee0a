package io.tocsin.scoring.window;

import org.jspecify.annotations.Nullable;

/**
 * A window as an edge device sends it that keeps its audio to itself.
 *
 * @param bootId changes when the producer starts
 * @param sequence window number within {@code bootId}
 * @param startMicros instant of its first sample, microseconds since the epoch
 * @param embedding the backbone's, as float16, little-endian
 * @param levelDbfs root-mean-square level
 * @param onsetMicros the strongest onset in it; null when there is none
 * @param onsetSigmaMicros one standard deviation of that; 0 without
 * @param onsetStrengthDecibels rise of the energy at it; 0 without
 * @param storedMillis how long the device had kept the window; 0 for a live one
 * @param trace that it is told to belong to, in W3C's words; null for none
 */
public record EmbeddedWindow(
    String sensorId,
    String bootId,
    long sequence,
    long startMicros,
    byte[] embedding,
    float levelDbfs,
    @Nullable Long onsetMicros,
    long onsetSigmaMicros,
    double onsetStrengthDecibels,
    String clockSource,
    long clockUncertaintyMicros,
    long storedMillis,
    @Nullable String trace) {

  /** The same window in another trace; null for none. */
  public EmbeddedWindow in(@Nullable String otherTrace) {
    return new EmbeddedWindow(
        sensorId,
        bootId,
        sequence,
        startMicros,
        embedding,
        levelDbfs,
        onsetMicros,
        onsetSigmaMicros,
        onsetStrengthDecibels,
        clockSource,
        clockUncertaintyMicros,
        storedMillis,
        otherTrace);
  }
}
