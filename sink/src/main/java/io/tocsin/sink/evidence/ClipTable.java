package io.tocsin.sink.evidence;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tocsin.sink.evidence.Clip.Gap;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The rows of clips. */
final class ClipTable {

  private final Jdbi jdbi;

  ClipTable(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** The clips of an alert by sensor, deleted ones too. */
  List<ClipRow> ofAlert(String alertId) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    "SELECT * FROM tocsin.evidence_clip WHERE alert_id = :a ORDER BY sensor_id")
                .bind("a", alertId)
                .map((r, c) -> row(r))
                .list());
  }

  /** The clips, not deleted, of a sensor that cover some of that time. */
  List<ClipRow> ofSensor(String sensorId, Instant from, Instant until) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT * FROM tocsin.evidence_clip
                    WHERE sensor_id = :s AND started_at < :until AND ended_at > :from
                      AND deleted_at IS NULL
                    ORDER BY started_at, alert_id
                    """)
                .bind("s", sensorId)
                .bind("from", from)
                .bind("until", until)
                .map((r, c) -> row(r))
                .list());
  }

  /** The clips, not deleted, that ended before that time. */
  List<ClipRow> endedBefore(Instant before) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT * FROM tocsin.evidence_clip
                    WHERE ended_at <= :before AND deleted_at IS NULL
                    ORDER BY started_at, alert_id, sensor_id
                    """)
                .bind("before", before)
                .map((r, c) -> row(r))
                .list());
  }

  /**
   * Notes that a revision's clips are awaited, all at once: from here on no object can be in the
   * store without a row. Rows of clips that were deleted for good stay so.
   */
  void await(Want want, Collection<String> sensorIds, EvidenceSpan span, Instant keptUntil) {
    jdbi.useTransaction(
        h -> {
          var batch =
              h.prepareBatch(
                  """
                  INSERT INTO tocsin.evidence_clip AS t (
                    alert_id, sensor_id, revision, pending, object_key, started_at, ended_at,
                    kept_until)
                  VALUES (:alert, :sensor, :revision, true, :key, :from, :until, :keptUntil)
                  ON CONFLICT (alert_id, sensor_id) DO UPDATE SET
                    revision = excluded.revision,
                    pending = t.deleted_at IS NULL
                              OR t.deleted_reason IN ('NOT_CONTRIBUTING', 'RETRACTED'),
                    started_at = CASE WHEN t.stored_at IS NULL
                                 THEN excluded.started_at ELSE t.started_at END,
                    ended_at = CASE WHEN t.stored_at IS NULL
                               THEN excluded.ended_at ELSE t.ended_at END,
                    stored_at = CASE WHEN t.deleted_reason IN ('NOT_CONTRIBUTING', 'RETRACTED')
                                THEN NULL ELSE t.stored_at END,
                    absent_reason = NULL,
                    deleted_at = CASE WHEN t.deleted_reason IN ('RETENTION', 'ERASED')
                                 THEN t.deleted_at END,
                    deleted_reason = CASE WHEN t.deleted_reason IN ('RETENTION', 'ERASED')
                                     THEN t.deleted_reason END
                  WHERE excluded.revision >= t.revision
                  """);
          for (String sensorId : sensorIds) {
            batch
                .bind("alert", want.alertId())
                .bind("sensor", sensorId)
                .bind("revision", want.revision())
                .bind("key", keyOf(want.alertId(), sensorId))
                .bind("from", span.from())
                .bind("until", span.until())
                .bind("keptUntil", keptUntil)
                .add();
          }
          batch.execute();
        });
  }

  /** Where a clip lies. */
  static String keyOf(String alertId, String sensorId) {
    return "evidence/" + alertId + "/" + sensorId + ".flac";
  }

  /**
   * Notes that a clip is in the store.
   *
   * @return whether it may stay there; false when it was erased meanwhile
   */
  boolean stored(ClipRow row, Clip clip, String sha256, long bytes, Instant at) {
    return jdbi.withHandle(
            h ->
                h.createUpdate(
                        """
                        UPDATE tocsin.evidence_clip SET
                          pending = false, stored_at = :at, sha256 = :sha256, bytes = :bytes,
                          sample_rate_hz = :rate, captured_us = :captured, gaps = :gaps::jsonb,
                          started_at = :from, ended_at = :until, absent_reason = NULL
                        WHERE alert_id = :alert AND sensor_id = :sensor AND deleted_at IS NULL
                        """)
                    .bind("at", at)
                    .bind("sha256", sha256)
                    .bind("bytes", bytes)
                    .bind("rate", clip.sampleRateHertz())
                    .bind("captured", clip.captured().dividedBy(ChronoUnit.MICROS.getDuration()))
                    .bind("gaps", json(clip.gaps()))
                    .bind("from", clip.span().from())
                    .bind("until", clip.span().until())
                    .bind("alert", row.alertId())
                    .bind("sensor", row.sensorId())
                    .execute())
        > 0;
  }

  /**
   * Notes that nothing more is awaited; what is stored stays.
   *
   * @param absentReason why there is no audio, if none is stored
   */
  void settled(ClipRow row, @Nullable String absentReason) {
    jdbi.useHandle(
        h ->
            h.createUpdate(
                    """
                    UPDATE tocsin.evidence_clip SET
                      pending = false,
                      absent_reason = CASE WHEN stored_at IS NULL THEN :reason END
                    WHERE alert_id = :alert AND sensor_id = :sensor
                    """)
                .bind("reason", absentReason)
                .bind("alert", row.alertId())
                .bind("sensor", row.sensorId())
                .execute());
  }

  /** Clips whose time is over, not deleted yet, the oldest first. */
  List<ClipRow> keptUntil(Instant now, int most) {
    return jdbi.withHandle(
        h ->
            h.createQuery(
                    """
                    SELECT * FROM tocsin.evidence_clip
                    WHERE deleted_at IS NULL AND kept_until <= :now
                    ORDER BY kept_until, alert_id, sensor_id LIMIT :most
                    """)
                .bind("now", now)
                .bind("most", most)
                .map((r, c) -> row(r))
                .list());
  }

  /** Notes that the object is gone. */
  void deleted(ClipRow row, DeletedReason reason, Instant at) {
    jdbi.useHandle(
        h ->
            h.createUpdate(
                    """
                    UPDATE tocsin.evidence_clip SET
                      pending = false, deleted_at = :at, deleted_reason = :reason
                    WHERE alert_id = :alert AND sensor_id = :sensor AND deleted_at IS NULL
                    """)
                .bind("at", at)
                .bind("reason", reason.name())
                .bind("alert", row.alertId())
                .bind("sensor", row.sensorId())
                .execute());
  }

  private static String json(List<Gap> gaps) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Gap gap : gaps) {
      array
          .addObject()
          .put("startedAt", gap.startedAt().toString())
          .put("endedAt", gap.endedAt().toString());
    }
    return array.toString();
  }

  private static ClipRow row(ResultSet r) throws SQLException {
    boolean stored = r.getObject("stored_at") != null;
    return new ClipRow(
        r.getString("alert_id"),
        r.getString("sensor_id"),
        r.getInt("revision"),
        r.getBoolean("pending"),
        r.getString("object_key"),
        r.getObject("started_at", OffsetDateTime.class).toInstant(),
        r.getObject("ended_at", OffsetDateTime.class).toInstant(),
        stored ? r.getObject("stored_at", OffsetDateTime.class).toInstant() : null,
        r.getString("sha256"),
        r.getLong("bytes"),
        Duration.of(stored ? r.getLong("captured_us") : 0, ChronoUnit.MICROS),
        stored && r.getString("gaps").equals("[]"),
        r.getString("absent_reason"),
        r.getObject("kept_until", OffsetDateTime.class).toInstant(),
        r.getString("deleted_reason"));
  }
}
