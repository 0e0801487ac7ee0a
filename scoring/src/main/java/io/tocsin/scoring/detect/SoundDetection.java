package io.tocsin.scoring.detect;

/**
 * A sound recognised at one sensor.
 *
 * @param detectionId deterministic: of sensor, label, onset and model
 * @param probability calibrated
 * @param score highest raw score
 * @param onsetSigmaMicros one standard deviation of the onset, clock not included
 * @param endMicros end of the last window that belongs to it so far
 */
public record SoundDetection(
    String detectionId,
    String sensorId,
    String label,
    double probability,
    float score,
    long onsetMicros,
    long onsetSigmaMicros,
    long endMicros,
    float levelDbfs,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros) {}
