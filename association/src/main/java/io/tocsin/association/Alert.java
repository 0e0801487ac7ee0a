package io.tocsin.association;

import java.util.List;

/**
 * Sounds that belong together and mean distress.
 *
 * @param revision grows with evidence: twice the picks considered, plus one when closed
 */
public record Alert(
    String alertId,
    int revision,
    State state,
    String patternId,
    Severity severity,
    double probability,
    Location location,
    long startedMicros,
    long endedMicros,
    List<SoundEvent> events,
    String explanation) {

  /** The alert's life. */
  public enum State {
    OPEN,
    UPDATED,
    CLOSED,
    RETRACTED
  }

  Alert with(double newProbability, String newExplanation) {
    return new Alert(
        alertId,
        revision,
        state,
        patternId,
        severity,
        newProbability,
        location,
        startedMicros,
        endedMicros,
        events,
        newExplanation);
  }

  Alert as(State newState, int newRevision) {
    return new Alert(
        alertId,
        newRevision,
        newState,
        patternId,
        severity,
        probability,
        location,
        startedMicros,
        endedMicros,
        events,
        explanation);
  }
}
