package io.tocsin.sink;

import static io.tocsin.sink.Table.micros;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.sink.BulkStatement.Column;
import java.util.List;

/** The tables that mirror compacted topics. */
final class KeyedTables {

  static final KeyedTable<Sensor> SENSOR =
      new KeyedTable<>(
          Topics.SENSORS,
          "tocsin.sensor",
          "sensor_id",
          new BulkStatement<>(
              """
              INSERT INTO tocsin.sensor AS t (
                sensor_id, place, altitude_m, accuracy_m, audible_radius_m,
                microphone_sensitivity_dbfs, firmware, registered_at)
              SELECT sensor_id, tocsin.point(lon, lat), altitude_m, accuracy_m, audible_radius_m,
                microphone_sensitivity_dbfs, firmware, tocsin.instant(registered_us)
              FROM {rows}
              ON CONFLICT (sensor_id) DO UPDATE SET
                place = excluded.place,
                altitude_m = excluded.altitude_m,
                accuracy_m = excluded.accuracy_m,
                audible_radius_m = excluded.audible_radius_m,
                microphone_sensitivity_dbfs = excluded.microphone_sensitivity_dbfs,
                firmware = excluded.firmware,
                registered_at = excluded.registered_at
              """,
              List.of(
                  new Column<>("sensor_id", "text", p -> p.value().getSensorId()),
                  new Column<>("lon", "float8", p -> p.value().getPlace().getLongitudeDegrees()),
                  new Column<>("lat", "float8", p -> p.value().getPlace().getLatitudeDegrees()),
                  new Column<>(
                      "altitude_m", "float8", p -> p.value().getPlace().getAltitudeMetres()),
                  new Column<>(
                      "accuracy_m", "float8", p -> p.value().getPlace().getAccuracyMetres()),
                  new Column<>(
                      "audible_radius_m", "float8", p -> p.value().getAudibleRadiusMetres()),
                  new Column<>(
                      "microphone_sensitivity_dbfs",
                      "float8",
                      p -> p.value().getMicrophoneSensitivityDbfs()),
                  new Column<>("firmware", "text", p -> p.value().getFirmware()),
                  new Column<>(
                      "registered_us", "int8", p -> micros(p.value().getRegisteredAt())))));

  static final KeyedTable<SensorStatus> SENSOR_STATUS =
      new KeyedTable<>(
          Topics.SENSOR_STATUS,
          "tocsin.sensor_status",
          "sensor_id",
          new BulkStatement<>(
              """
              INSERT INTO tocsin.sensor_status AS t (
                sensor_id, state, reason, since, last_seen_at, clock_source, clock_uncertainty_us,
                clock_offset_ms, level_dbfs, spool_age_ms, detections_per_hour)
              SELECT sensor_id, state, reason, tocsin.instant(since_us),
                tocsin.instant(last_seen_us), clock_source, clock_uncertainty_us,
                clock_offset_ms, level_dbfs, spool_age_ms, detections_per_hour
              FROM {rows}
              ON CONFLICT (sensor_id) DO UPDATE SET
                state = excluded.state,
                reason = excluded.reason,
                since = excluded.since,
                last_seen_at = excluded.last_seen_at,
                clock_source = excluded.clock_source,
                clock_uncertainty_us = excluded.clock_uncertainty_us,
                clock_offset_ms = excluded.clock_offset_ms,
                level_dbfs = excluded.level_dbfs,
                spool_age_ms = excluded.spool_age_ms,
                detections_per_hour = excluded.detections_per_hour
              """,
              List.of(
                  new Column<>("sensor_id", "text", p -> p.value().getSensorId()),
                  new Column<>("state", "text", p -> p.value().getState().name()),
                  new Column<>("reason", "text", p -> p.value().getReason()),
                  new Column<>("since_us", "int8", p -> micros(p.value().getSince())),
                  new Column<>("last_seen_us", "int8", p -> micros(p.value().getLastSeenAt())),
                  new Column<>(
                      "clock_source", "text", p -> p.value().getClock().getSource().name()),
                  new Column<>(
                      "clock_uncertainty_us",
                      "int8",
                      p -> p.value().getClock().getUncertaintyMicros()),
                  new Column<>("clock_offset_ms", "int8", p -> p.value().getClockOffsetMillis()),
                  new Column<>("level_dbfs", "float4", p -> p.value().getLevelDbfs()),
                  new Column<>("spool_age_ms", "int8", p -> p.value().getSpoolAgeMillis()),
                  new Column<>(
                      "detections_per_hour",
                      "jsonb",
                      p -> Json.numbers(p.value().getDetectionsPerHour())))));

  static final KeyedTable<Review> REVIEW =
      new KeyedTable<>(
          Topics.REVIEWS,
          "tocsin.review",
          "alert_id",
          new BulkStatement<>(
              """
              INSERT INTO tocsin.review AS t (alert_id, verdict, reviewer, note, reviewed_at)
              SELECT alert_id, verdict, reviewer, note, tocsin.instant(reviewed_us) FROM {rows}
              ON CONFLICT (alert_id) DO UPDATE SET
                verdict = excluded.verdict,
                reviewer = excluded.reviewer,
                note = excluded.note,
                reviewed_at = excluded.reviewed_at
              """,
              List.of(
                  new Column<>("alert_id", "text", p -> p.value().getAlertId()),
                  new Column<>("verdict", "text", p -> p.value().getVerdict().name()),
                  new Column<>("reviewer", "text", p -> p.value().getReviewer()),
                  new Column<>("note", "text", p -> p.value().getNote()),
                  new Column<>("reviewed_us", "int8", p -> micros(p.value().getReviewedAt())))));

  static final KeyedTable<DistressPattern> PATTERN =
      new KeyedTable<>(
          Topics.PATTERNS,
          "tocsin.pattern",
          "pattern_id",
          new BulkStatement<>(
              """
              INSERT INTO tocsin.pattern AS t (
                pattern_id, labels, within_ms, within_m, minimum_probability, minimum_sensors,
                severity, enabled)
              SELECT pattern_id, ARRAY(SELECT jsonb_array_elements_text(labels)), within_ms,
                within_m, minimum_probability, minimum_sensors, severity, enabled
              FROM {rows}
              ON CONFLICT (pattern_id) DO UPDATE SET
                labels = excluded.labels,
                within_ms = excluded.within_ms,
                within_m = excluded.within_m,
                minimum_probability = excluded.minimum_probability,
                minimum_sensors = excluded.minimum_sensors,
                severity = excluded.severity,
                enabled = excluded.enabled
              """,
              List.of(
                  new Column<>("pattern_id", "text", p -> p.value().getPatternId()),
                  new Column<>("labels", "jsonb", p -> Json.texts(p.value().getLabels())),
                  new Column<>("within_ms", "int8", p -> p.value().getWithinMillis()),
                  new Column<>("within_m", "float8", p -> p.value().getWithinMetres()),
                  new Column<>(
                      "minimum_probability", "float8", p -> p.value().getMinimumProbability()),
                  new Column<>("minimum_sensors", "int4", p -> p.value().getMinimumSensors()),
                  new Column<>("severity", "text", p -> p.value().getSeverity().name()),
                  new Column<>("enabled", "bool", p -> p.value().getEnabled()))));

  private KeyedTables() {}
}
