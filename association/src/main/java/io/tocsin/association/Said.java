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
 */
public record Said(
    String key,
    int revision,
    boolean closed,
    int detections,
    long lastOnsetMicros,
    List<Alert> alert) {

  static String keyOfEvent(String eventId) {
    return "E" + eventId;
  }

  static String keyOfAlert(String alertId) {
    return "A" + alertId;
  }

  boolean openAlert() {
    return !closed && !alert.isEmpty();
  }

  boolean retracted() {
    return closed && alert.isEmpty() && key.charAt(0) == 'A';
  }
}
