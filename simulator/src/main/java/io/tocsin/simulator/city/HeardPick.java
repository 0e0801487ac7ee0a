package io.tocsin.simulator.city;

/**
 * A pick as the job gets it.
 *
 * @param probability that the label is right, calibrated for as many false as true picks
 * @param arrivedMicros when it gets to the job
 * @param model digest of the model that made it
 */
public record HeardPick(
    String detectionId,
    String sensorId,
    double latitudeDegrees,
    double longitudeDegrees,
    String label,
    double probability,
    long onsetMicros,
    long onsetSigmaMicros,
    long endMicros,
    long clockUncertaintyMicros,
    long arrivedMicros,
    String model) {

  HeardPick arrivingAt(long otherMicros) {
    return new HeardPick(
        detectionId,
        sensorId,
        latitudeDegrees,
        longitudeDegrees,
        label,
        probability,
        onsetMicros,
        onsetSigmaMicros,
        endMicros,
        clockUncertaintyMicros,
        otherMicros,
        model);
  }
}
