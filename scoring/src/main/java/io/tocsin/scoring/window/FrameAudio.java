package io.tocsin.scoring.window;

/**
 * A frame as it left the sensor.
 *
 * @param bootId changes when the producer starts
 * @param sequence frame number within {@code bootId}
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 * @param clockSource discipline of the capture clock, as the contract names it
 * @param clockUncertaintyMicros one standard deviation of that clock
 * @param sampleRateHertz the source's own; may change from frame to frame
 * @param samples 16 bits, mono
 */
public record FrameAudio(
    String sensorId,
    String bootId,
    long sequence,
    long capturedAtMicros,
    String clockSource,
    long clockUncertaintyMicros,
    int sampleRateHertz,
    short[] samples) {

  long lengthMicros() {
    return samples.length * 1_000_000L / sampleRateHertz;
  }
}
