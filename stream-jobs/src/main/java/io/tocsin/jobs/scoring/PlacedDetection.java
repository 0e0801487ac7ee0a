package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.detect.SoundDetection;

/**
 * A detection and where its sensor was.
 *
 * @param topic that holds what it was heard in
 */
public record PlacedDetection(SoundDetection detection, SensorRegistration sensor, String topic) {}
