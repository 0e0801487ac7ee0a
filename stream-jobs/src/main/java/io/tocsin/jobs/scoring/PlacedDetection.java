package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.detect.SoundDetection;
import org.jspecify.annotations.Nullable;

/**
 * A detection and where its sensor was.
 *
 * @param topic that holds what it was heard in
 * @param trace of the window that brought it out; null for none
 */
public record PlacedDetection(
    SoundDetection detection, SensorRegistration sensor, String topic, @Nullable String trace) {}
