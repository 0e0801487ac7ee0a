package io.tocsin.scoring.window;

/**
 * A frame as it left the sensor.
 *
 * @param bootId changes when the producer starts
 * @param sequence frame number within {@code bootId}
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 * @param clockSource discipline of the capture clock, as the contract names it
 * @param clockUncertaintyMicros one standard deviation of that clock
 * @param samples 16 bits, mono, at the bundle's rate
 */
public record FrameAudio(
    String sensorId,
    String bootId,
    long sequence,
    long capturedAtMicros,
    String clockSource,
    long clockUncertaintyMicros,
    short[] samples) {}
