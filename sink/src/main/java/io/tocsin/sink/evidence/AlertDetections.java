package io.tocsin.sink.evidence;

import io.tocsin.sink.evidence.EvidenceSpan.Heard;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** The detections of alerts, as the sink has written them: they say which sensors heard. */
final class AlertDetections {

  /** Sound crosses any sensor's reach within it; the bound spares the other days' partitions. */
  private static final Duration TRAVEL = Duration.ofMinutes(1);

  private final Jdbi jdbi;

  AlertDetections(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Those of an alert's detections that the database holds. */
  List<Heard> of(Want want) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT detection_id, sensor_id, onset_at, ended_at FROM tocsin.detection
                    WHERE detection_id = ANY (:ids) AND onset_at BETWEEN :from AND :until
                    """)
                .bindArray("ids", String.class, want.detectionIds())
                .bind("from", want.startedAt().minus(TRAVEL))
                .bind("until", want.endedAt().plus(TRAVEL))
                .map(
                    (r, c) ->
                        new Heard(
                            r.getString("detection_id"),
                            r.getString("sensor_id"),
                            r.getObject("onset_at", OffsetDateTime.class).toInstant(),
                            r.getObject("ended_at", OffsetDateTime.class).toInstant()))
                .list());
  }
}
