package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.sink.BulkStatement.Column;
import io.tocsin.sink.Reading.Accepted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Alerts at their highest revision, and the detections that revision rests on. */
final class DistressAlertTable implements Table<DistressAlert> {

  private static final String NAME = "tocsin.distress_alert";
  private static final String DETECTIONS_NAME = "tocsin.alert_detection";

  /**
   * An alert at the highest revision of a batch.
   *
   * @param openedAtMicros when the batch's first record of it was published
   */
  record AlertRow(DistressAlert alert, long openedAtMicros, long publishedAtMicros) {

    private AlertRow and(AlertRow next) {
      AlertRow higher = next.alert.getRevision() > alert.getRevision() ? next : this;
      return new AlertRow(
          higher.alert, Math.min(openedAtMicros, next.openedAtMicros), higher.publishedAtMicros);
    }

    @Nullable Long closedAtMicros() {
      AlertState state = alert.getState();
      return state == AlertState.CLOSED || state == AlertState.RETRACTED ? publishedAtMicros : null;
    }

    Set<String> labels() {
      Set<String> labels = new TreeSet<>();
      alert.getEvents().forEach(event -> labels.add(event.getLabel()));
      return labels;
    }
  }

  /** A detection of an alert. */
  record AlertDetection(String alertId, String detectionId, String eventId, String label) {}

  private static final BulkStatement<AlertRow> UPSERT =
      new BulkStatement<>(
          """
          INSERT INTO tocsin.distress_alert AS t (
            alert_id, revision, state, pattern_id, severity, probability, false_alarms_per_day,
            place, ellipse, semi_major_m, semi_minor_m, azimuth_deg, method, azimuthal_gap_deg,
            started_at, ended_at, explanation, events, labels, opened_at, published_at, closed_at,
            replaced_by)
          SELECT alert_id, revision, state, pattern_id, severity, probability,
            false_alarms_per_day, tocsin.point(lon, lat),
            tocsin.ellipse(tocsin.point(lon, lat), semi_major_m, semi_minor_m, azimuth_deg),
            semi_major_m, semi_minor_m, azimuth_deg, method, azimuthal_gap_deg,
            tocsin.instant(started_us), tocsin.instant(ended_us), explanation, events,
            ARRAY(SELECT jsonb_array_elements_text(labels)), tocsin.instant(opened_us),
            tocsin.instant(published_us), tocsin.instant(closed_us), replaced_by
          FROM {rows}
          ON CONFLICT (alert_id) DO UPDATE SET
            revision = excluded.revision,
            state = excluded.state,
            pattern_id = excluded.pattern_id,
            severity = excluded.severity,
            probability = excluded.probability,
            false_alarms_per_day = excluded.false_alarms_per_day,
            place = excluded.place,
            ellipse = excluded.ellipse,
            semi_major_m = excluded.semi_major_m,
            semi_minor_m = excluded.semi_minor_m,
            azimuth_deg = excluded.azimuth_deg,
            method = excluded.method,
            azimuthal_gap_deg = excluded.azimuthal_gap_deg,
            started_at = excluded.started_at,
            ended_at = excluded.ended_at,
            explanation = excluded.explanation,
            events = excluded.events,
            labels = excluded.labels,
            opened_at = least(t.opened_at, excluded.opened_at),
            published_at = excluded.published_at,
            closed_at = excluded.closed_at,
            replaced_by = excluded.replaced_by
          WHERE excluded.revision > t.revision
          RETURNING alert_id
          """,
          List.of(
              new Column<>("alert_id", "text", r -> r.alert().getAlertId()),
              new Column<>("revision", "int4", r -> r.alert().getRevision()),
              new Column<>("state", "text", r -> r.alert().getState().name()),
              new Column<>("pattern_id", "text", r -> r.alert().getPatternId()),
              new Column<>("severity", "text", r -> r.alert().getSeverity().name()),
              new Column<>("probability", "float8", r -> r.alert().getProbability()),
              new Column<>("false_alarms_per_day", "float8", r -> r.alert().getFalseAlarmsPerDay()),
              new Column<>(
                  "lon", "float8", r -> r.alert().getLocation().getPlace().getLongitudeDegrees()),
              new Column<>(
                  "lat", "float8", r -> r.alert().getLocation().getPlace().getLatitudeDegrees()),
              new Column<>(
                  "semi_major_m",
                  "float8",
                  r -> r.alert().getLocation().getEllipse().getSemiMajorMetres()),
              new Column<>(
                  "semi_minor_m",
                  "float8",
                  r -> r.alert().getLocation().getEllipse().getSemiMinorMetres()),
              new Column<>(
                  "azimuth_deg",
                  "float8",
                  r -> r.alert().getLocation().getEllipse().getAzimuthDegrees()),
              new Column<>("method", "text", r -> r.alert().getLocation().getMethod().name()),
              new Column<>(
                  "azimuthal_gap_deg",
                  "float8",
                  r -> r.alert().getLocation().getAzimuthalGapDegrees()),
              new Column<>("started_us", "int8", r -> micros(r.alert().getStartedAt())),
              new Column<>("ended_us", "int8", r -> micros(r.alert().getEndedAt())),
              new Column<>("explanation", "text", r -> r.alert().getExplanation()),
              new Column<>("events", "jsonb", r -> Json.alertEvents(r.alert().getEvents())),
              new Column<>("labels", "jsonb", r -> Json.texts(r.labels())),
              new Column<>("opened_us", "int8", AlertRow::openedAtMicros),
              new Column<>("published_us", "int8", AlertRow::publishedAtMicros),
              new Column<>("closed_us", "int8", AlertRow::closedAtMicros),
              new Column<>("replaced_by", "text", r -> r.alert().getReplacedBy())));

  private static final BulkStatement<String> CLEAR_DETECTIONS =
      new BulkStatement<>(
          "DELETE FROM tocsin.alert_detection AS t USING {rows} WHERE t.alert_id = r.id",
          List.of(new Column<>("id", "text", id -> id)));

  private static final BulkStatement<AlertDetection> ADD_DETECTIONS =
      new BulkStatement<>(
          """
          INSERT INTO tocsin.alert_detection (alert_id, detection_id, event_id, label)
          SELECT alert_id, detection_id, event_id, label FROM {rows}
          """,
          List.of(
              new Column<>("alert_id", "text", AlertDetection::alertId),
              new Column<>("detection_id", "text", AlertDetection::detectionId),
              new Column<>("event_id", "text", AlertDetection::eventId),
              new Column<>("label", "text", AlertDetection::label)));

  @Override
  public Topic<DistressAlert> topic() {
    return Topics.DISTRESS_ALERTS;
  }

  @Override
  public Map<String, Integer> write(Handle handle, List<Accepted<DistressAlert>> records) {
    Collection<AlertRow> rows = highest(Published.values(records));
    Set<String> changed =
        new HashSet<>(
            UPSERT.executeReturning(handle, rows, (r, context) -> r.getString("alert_id")));
    CLEAR_DETECTIONS.execute(handle, changed);
    List<AlertDetection> detections = new ArrayList<>();
    for (AlertRow row : rows) {
      if (changed.contains(row.alert().getAlertId())) {
        detections.addAll(detections(row.alert()));
      }
    }
    return Map.of(
        NAME, changed.size(), DETECTIONS_NAME, ADD_DETECTIONS.execute(handle, detections));
  }

  /** One row an alert, at its highest revision, by id; of equal revisions the first. */
  static Collection<AlertRow> highest(List<Published<DistressAlert>> alerts) {
    TreeMap<String, AlertRow> highest = new TreeMap<>();
    for (Published<DistressAlert> alert : alerts) {
      highest.merge(
          alert.value().getAlertId(),
          new AlertRow(alert.value(), alert.publishedAtMicros(), alert.publishedAtMicros()),
          AlertRow::and);
    }
    return highest.values();
  }

  /** The detections of an alert, each once, with the first event that names it. */
  static Collection<AlertDetection> detections(DistressAlert alert) {
    TreeMap<String, AlertDetection> detections = new TreeMap<>();
    for (AlertEvent event : alert.getEvents()) {
      for (String id : event.getDetectionIds()) {
        detections.putIfAbsent(
            id, new AlertDetection(alert.getAlertId(), id, event.getEventId(), event.getLabel()));
      }
    }
    return detections.values();
  }
}
