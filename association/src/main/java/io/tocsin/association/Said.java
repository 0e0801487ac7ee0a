package io.tocsin.association;

import java.util.List;

/**
 * What was said last of an event or an alert; kept, so that nothing is said twice and revisions
 * rise.
 *
 * @param key of it in its cell
 * @param revision of the last word
 * @param closed whether it was the last word for good
 * @param detections that it rested on
 * @param lastOnsetMicros newest evidence
 * @param alert the last word itself, for taking it back; empty for events and for what was taken
 *     back
 * @param event the last word itself, for withdrawing it; empty for alerts, for what was withdrawn
 *     and for what is the last word for good
 */
public record Said(
    String key,
    int revision,
    boolean closed,
    int detections,
    long lastOnsetMicros,
    List<Alert> alert,
    List<SoundEvent> event) {

  /**
   * @param detectionId of its anchor
   */
  static String keyOfEvent(String detectionId) {
    return "E" + detectionId;
  }

  static String keyOfAlert(String alertId) {
    return "A" + alertId;
  }

  boolean isAlert() {
    return key.charAt(0) == 'A';
  }

  boolean openAlert() {
    return !closed && !alert.isEmpty();
  }

  boolean openEvent() {
    return !closed && !event.isEmpty();
  }

  /** Of an event that was said and is none: what is closed for good rests on detections. */
  boolean withdrawn() {
    return closed && detections == 0;
  }

  boolean retracted() {
    return closed && alert.isEmpty() && isAlert();
  }
}
