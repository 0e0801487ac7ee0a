package io.tocsin.stack.faults;

import java.util.List;

/**
 * What must come of sensors that a fault brought along, beside the fleet of the known load.
 *
 * @param sensors what their ids begin with
 * @param detections ids of all that must be in the database of them, and nothing else
 * @param deadLetters records of theirs that must be diverted
 */
record Beside(String sensors, List<String> detections, int deadLetters) {

  /** Where a fault brought none. */
  static final Beside NOBODY = new Beside("", List.of(), 0);

  Beside {
    detections = List.copyOf(detections);
  }

  boolean isAnybody() {
    return !sensors.isEmpty();
  }
}
