package io.tocsin.sink.evidence;

import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a revision of an alert asks for.
 *
 * @param detectionIds the detections whose sensors' audio is wanted
 * @param startedAt origin time of its first sound
 * @param endedAt end of its last sound so far
 * @param publishedAt timestamp of its Kafka record
 * @param deletion why its clips are to be deleted; null when they are wanted
 */
record Want(
    String alertId,
    int revision,
    Set<String> detectionIds,
    Instant startedAt,
    Instant endedAt,
    Instant publishedAt,
    @Nullable DeletedReason deletion) {

  Want {
    detectionIds = Set.copyOf(detectionIds);
  }

  static Want of(DistressAlert alert, Instant publishedAt) {
    Set<String> detectionIds = new TreeSet<>();
    alert.getEvents().stream()
        .map(AlertEvent::getDetectionIds)
        .flatMap(List::stream)
        .forEach(detectionIds::add);
    return new Want(
        alert.getAlertId(),
        alert.getRevision(),
        detectionIds,
        alert.getStartedAt(),
        alert.getEndedAt(),
        publishedAt,
        alert.getState() == AlertState.RETRACTED ? DeletedReason.RETRACTED : null);
  }

  /** What a tombstone asks for: that nothing of the alert stays. */
  static Want deletion(String alertId, Instant publishedAt) {
    return new Want(
        alertId,
        Integer.MAX_VALUE,
        Set.of(),
        publishedAt,
        publishedAt,
        publishedAt,
        DeletedReason.ERASED);
  }
}
