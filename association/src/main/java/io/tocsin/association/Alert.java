package io.tocsin.association;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sounds that belong together and mean distress.
 *
 * @param alertId deterministic: of the pattern and the first pick of the alert's anchor, the
 *     earliest located sound of those that the pattern names first
 * @param revision grows with evidence: twice the picks considered, plus one when closed
 * @param replacedBy of an alert that was taken back, the id of the one that most of its picks went
 *     over to; null of every other, so that the last word on an alert follows from the picks alone
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
    String explanation,
    @Nullable String replacedBy) {

  /** The alert's life. */
  public enum State {
    OPEN,
    UPDATED,
    CLOSED,
    RETRACTED
  }

  /** Whether more may be said of it: it is neither closed nor taken back. */
  public boolean isOpen() {
    return state == State.OPEN || state == State.UPDATED;
  }

  /** Id of the pick that its own id was made of; null if it was made of something else. */
  @Nullable String anchorId() {
    return events.stream()
        .filter(event -> !event.picks().isEmpty())
        .map(event -> event.anchor().detectionId())
        .filter(id -> idOf(patternId, id).equals(alertId))
        .findFirst()
        .orElse(null);
  }

  static String idOf(String patternId, String anchorId) {
    return Ids.of(patternId, anchorId);
  }

  /** Ids of the picks of all its sounds. */
  Set<String> detectionIds() {
    return events.stream()
        .flatMap(e -> e.picks().stream())
        .map(p -> p.pick().detectionId())
        .collect(Collectors.toSet());
  }

  Alert with(double newProbability, String newExplanation) {
    return copy(revision, state, newProbability, newExplanation, events, replacedBy);
  }

  Alert with(List<SoundEvent> newEvents) {
    return copy(revision, state, probability, explanation, newEvents, replacedBy);
  }

  Alert as(State newState, int newRevision) {
    return copy(newRevision, newState, probability, explanation, events, null);
  }

  Alert takenBack(int newRevision, @Nullable String successor) {
    return copy(newRevision, State.RETRACTED, probability, explanation, events, successor);
  }

  private Alert copy(
      int newRevision,
      State newState,
      double newProbability,
      String newExplanation,
      List<SoundEvent> newEvents,
      @Nullable String successor) {
    return new Alert(
        alertId,
        newRevision,
        newState,
        patternId,
        severity,
        newProbability,
        location,
        startedMicros,
        endedMicros,
        newEvents,
        newExplanation,
        successor);
  }
}
