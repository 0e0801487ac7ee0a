package io.tocsin.association;

import java.util.Comparator;

/**
 * A sound's arrival at one sensor.
 *
 * @param place of the sensor
 * @param probability calibrated, that the label is right
 * @param onsetSigmaMicros one standard deviation of the onset, clock not included
 * @param clockUncertaintyMicros one standard deviation of the sensor's clock
 */
public record Pick(
    String detectionId,
    String sensorId,
    GeoPoint place,
    String label,
    double probability,
    long onsetMicros,
    long onsetSigmaMicros,
    long endMicros,
    long clockUncertaintyMicros) {

  /** By onset, then id: the order in which everything here works, whatever came first. */
  static final Comparator<Pick> BY_ONSET =
      Comparator.comparingLong(Pick::onsetMicros).thenComparing(Pick::detectionId);
}
