package io.tocsin.association;

import java.util.List;

/**
 * One physical sound: an origin.
 *
 * @param eventId deterministic: of the label and its earliest pick
 * @param picks one a sensor, by onset
 * @param silentSensors that should have heard it and did not
 * @param logLikelihoodRatio natural logarithm of the evidence for a real sound over chance
 */
public record SoundEvent(
    String eventId,
    String label,
    long originMicros,
    long originSigmaMicros,
    Location location,
    List<EventPick> picks,
    List<String> silentSensors,
    double logLikelihoodRatio) {

  /**
   * A pick and how well it fits.
   *
   * @param residualMicros observed minus predicted arrival; 0 for a region
   */
  public record EventPick(Pick pick, long residualMicros) {}

  SoundEvent with(List<EventPick> newPicks, Location newLocation) {
    return new SoundEvent(
        eventId,
        label,
        originMicros,
        originSigmaMicros,
        newLocation,
        List.copyOf(newPicks),
        silentSensors,
        logLikelihoodRatio);
  }

  /** The deterministic first member. */
  Pick anchor() {
    return picks.get(0).pick();
  }

  long endMicros() {
    return picks.stream().mapToLong(p -> p.pick().endMicros()).max().orElse(originMicros);
  }
}
