package io.tocsin.stack.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * What the database holds of one fleet, told so that two fleets which heard the same are equal:
 * sensors by number, times from the load's beginning.
 *
 * @param detections a line each
 * @param alerts a line each with the detections that it rests on, those taken back left out
 * @param retracted alerts that were taken back
 */
record Outcome(List<String> detections, List<String> alerts, int retracted) {

  /** Of a fleet that nobody heard of. */
  static final Outcome NOTHING = new Outcome(List.of(), List.of(), 0);

  Outcome {
    detections = List.copyOf(detections);
    alerts = List.copyOf(alerts);
  }

  /**
   * How it differs from what it should be.
   *
   * @param lost lines that are wanted and not there
   * @param duplicated lines that are there and not wanted, or once too often
   */
  record Difference(List<String> lost, List<String> duplicated) {

    Difference {
      lost = List.copyOf(lost);
      duplicated = List.copyOf(duplicated);
    }

    /** Between lines, each of which counts as often as it is there. */
    static Difference of(List<String> wanted, List<String> there) {
      List<String> lost = new ArrayList<>(wanted);
      List<String> duplicated = new ArrayList<>();
      for (String line : there) {
        if (!lost.remove(line)) {
          duplicated.add(line);
        }
      }
      return new Difference(lost, duplicated);
    }

    Difference and(Difference other) {
      List<String> allLost = new ArrayList<>(lost);
      allLost.addAll(other.lost);
      List<String> allDuplicated = new ArrayList<>(duplicated);
      allDuplicated.addAll(other.duplicated);
      return new Difference(allLost, allDuplicated);
    }
  }

  /** How this differs from what a run without faults gave. */
  Difference from(Outcome reference) {
    return Difference.of(reference.detections, detections)
        .and(Difference.of(reference.alerts, alerts));
  }
}
