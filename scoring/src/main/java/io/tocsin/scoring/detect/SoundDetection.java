package io.tocsin.scoring.detect;

import org.jspecify.annotations.Nullable;

/**
 * A sound recognised at one sensor.
 *
 * @param detectionId deterministic: of sensor, label, onset and model
 * @param probability calibrated
 * @param score highest raw score
 * @param secondScore highest raw score of a second bundle for the label, over the windows that it
 *     was asked about; null when it was asked about none
 * @param onsetSigmaMicros one standard deviation of the onset, clock not included
 * @param endMicros end of the last window that belongs to it so far
 * @param storedMillis how long the sensor had kept the audio of the window that it came out at; 0
 *     for live audio
 */
public record SoundDetection(
    String detectionId,
    String sensorId,
    String label,
    double probability,
    float score,
    @Nullable Float secondScore,
    long onsetMicros,
    long onsetSigmaMicros,
    long endMicros,
    float levelDbfs,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros,
    long storedMillis) {}
