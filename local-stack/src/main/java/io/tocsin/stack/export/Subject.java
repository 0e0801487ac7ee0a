package io.tocsin.stack.export;

import java.util.List;

/**
 * What can be exported, as rows with one point each.
 *
 * <p>Every query has a column {@code place} (geography) and orders its rows, so that two exports of
 * the same rows are the same bytes.
 */
enum Subject {
  /** Alerts by their start. */
  ALERTS(
      "tocsin.distress_alert",
      "started_at",
      "alert_id",
      List.of(
          Column.text("alert_id"),
          Column.whole("revision"),
          Column.text("state"),
          Column.text("pattern_id"),
          Column.text("severity"),
          Column.number("probability"),
          Column.number("false_alarms_per_day"),
          Column.text("method"),
          Column.number("semi_major_m"),
          Column.number("semi_minor_m"),
          Column.number("azimuth_deg"),
          Column.instant("started_at"),
          Column.instant("ended_at"),
          Column.list("labels"),
          Column.text("explanation"))),
  /** Detections by their onset, each at its sensor. */
  DETECTIONS(
      "tocsin.detection",
      "onset_at",
      "detection_id",
      List.of(
          Column.text("detection_id"),
          Column.text("sensor_id"),
          Column.text("label"),
          Column.number("probability"),
          Column.instant("onset_at"),
          Column.whole("onset_sigma_us"),
          Column.instant("ended_at"),
          Column.number("level_dbfs"),
          Column.text("clock_source"),
          Column.whole("clock_uncertainty_us"),
          Column.text("model_id"),
          Column.text("model_version"))),
  /** Sensors by the time of their registration. */
  SENSORS(
      "tocsin.sensor",
      "registered_at",
      "sensor_id",
      List.of(
          Column.text("sensor_id"),
          Column.number("altitude_m"),
          Column.number("accuracy_m"),
          Column.number("audible_radius_m"),
          Column.text("firmware"),
          Column.instant("registered_at"))),
  /** Sound events by their origin. */
  EVENTS(
      "tocsin.sound_event",
      "origin_at",
      "event_id",
      List.of(
          Column.text("event_id"),
          Column.whole("revision"),
          Column.text("label"),
          Column.instant("origin_at"),
          Column.whole("origin_sigma_us"),
          Column.text("method"),
          Column.number("semi_major_m"),
          Column.number("semi_minor_m"),
          Column.number("azimuth_deg"),
          Column.number("log_likelihood_ratio")));

  private final String table;
  private final String timeColumn;
  private final String idColumn;

  @SuppressWarnings("ImmutableEnumChecker") // from List.of
  private final List<Column> columns;

  Subject(String table, String timeColumn, String idColumn, List<Column> columns) {
    this.table = table;
    this.timeColumn = timeColumn;
    this.idColumn = idColumn;
    this.columns = columns;
  }

  String table() {
    return table;
  }

  String timeColumn() {
    return timeColumn;
  }

  String idColumn() {
    return idColumn;
  }

  List<Column> columns() {
    return columns;
  }
}
