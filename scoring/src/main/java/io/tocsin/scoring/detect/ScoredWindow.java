package io.tocsin.scoring.detect;

/**
 * A window's scores and what else its samples tell.
 *
 * @param scores one a bundle output, or empty when the window could not be scored
 * @param levelDbfs root-mean-square level
 */
public record ScoredWindow(
    String sensorId,
    long runStartMicros,
    long index,
    long startMicros,
    long endMicros,
    float[] scores,
    float levelDbfs,
    Onset onset,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros) {}
