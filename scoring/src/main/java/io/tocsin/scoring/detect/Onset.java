package io.tocsin.scoring.detect;

/**
 * When a sound set in.
 *
 * @param atMicros instant, microseconds since the epoch
 * @param sigmaMicros one standard deviation of it
 * @param strengthDecibels rise of the energy from before to after it
 */
public record Onset(long atMicros, long sigmaMicros, double strengthDecibels) {}
