package io.tocsin.sink.evidence;

import java.util.Collection;
import java.util.TreeSet;

/** An alert rests on detections that the database does not hold. */
final class UnknownDetectionsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnknownDetectionsException(Want want, Collection<String> unknown) {
    super(
        "alert "
            + want.alertId()
            + " revision "
            + want.revision()
            + " rests on detections "
            + new TreeSet<>(unknown)
            + " that tocsin.detection does not hold; their sensors' audio was not kept. See that"
            + " the sink runs, then send the alert again");
  }
}
