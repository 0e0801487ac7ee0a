package io.tocsin.stack.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.DistressAlert;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** What PostGIS holds, compared with what Kafka said, and asked as an analyst would. */
final class Archive {

  private static final List<String> TABLES =
      List.of(
          "sensor",
          "detection",
          "sound_event",
          "distress_alert",
          "alert_detection",
          "sensor_status",
          "pattern",
          "dead_letter");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Connection connection;

  Archive(Connection connection) {
    this.connection = connection;
  }

  /** Rows of each table. */
  Map<String, Long> rows() throws SQLException {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String table : TABLES) {
      rows.put(table, number("SELECT count(*) FROM tocsin." + table));
    }
    return rows;
  }

  /** Rows beyond the first of a detection. */
  long repeatedDetections() throws SQLException {
    return number("SELECT count(*) - count(DISTINCT detection_id) FROM tocsin.detection");
  }

  /** What differs between alerts as Kafka's highest revisions say and as the rows say, in words. */
  List<String> differences(Map<String, DistressAlert> said) throws SQLException {
    Map<String, Map<String, Object>> stored = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT alert_id, revision, state, pattern_id, severity, probability,
                       ST_Y(place::geometry) AS lat, ST_X(place::geometry) AS lon,
                       semi_major_m, semi_minor_m, azimuth_deg, method,
                       started_at, ended_at, closed_at, replaced_by, explanation, labels, events,
                       ARRAY(SELECT d.detection_id FROM tocsin.alert_detection AS d
                             WHERE d.alert_id = a.alert_id ORDER BY 1) AS detections
                FROM tocsin.distress_alert AS a\
                """)) {
      while (row.next()) {
        stored.put(row.getString("alert_id"), fields(row));
      }
    }
    List<String> differences = new ArrayList<>();
    for (DistressAlert alert : said.values()) {
      Map<String, Object> row = stored.remove(alert.getAlertId());
      if (row == null) {
        differences.add("alert " + alert.getAlertId() + " is in Kafka only");
        continue;
      }
      fields(alert)
          .forEach(
              (field, value) -> {
                if (!value.equals(row.get(field))) {
                  differences.add(
                      "alert %s: %s is %s in Kafka, %s in PostGIS"
                          .formatted(alert.getAlertId(), field, value, row.get(field)));
                }
              });
    }
    stored.keySet().forEach(id -> differences.add("alert " + id + " is in PostGIS only"));
    return differences;
  }

  private static Map<String, Object> fields(DistressAlert alert) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("revision", alert.getRevision());
    fields.put("state", alert.getState().name());
    fields.put("pattern", alert.getPatternId());
    fields.put("severity", alert.getSeverity().name());
    fields.put("probability", alert.getProbability());
    fields.put("latitude", alert.getLocation().getPlace().getLatitudeDegrees());
    fields.put("longitude", alert.getLocation().getPlace().getLongitudeDegrees());
    fields.put("semi-major axis", alert.getLocation().getEllipse().getSemiMajorMetres());
    fields.put("semi-minor axis", alert.getLocation().getEllipse().getSemiMinorMetres());
    fields.put("azimuth", alert.getLocation().getEllipse().getAzimuthDegrees());
    fields.put("method", alert.getLocation().getMethod().name());
    fields.put("start", alert.getStartedAt());
    fields.put("end", alert.getEndedAt());
    fields.put("closed", AlertWatch.isSettled(alert));
    fields.put("replaced by", Objects.requireNonNullElse(alert.getReplacedBy(), "none"));
    fields.put("explanation", alert.getExplanation());
    fields.put(
        "labels",
        new TreeSet<>(alert.getEvents().stream().map(AlertEvent::getLabel).toList()).toString());
    fields.put(
        "events",
        new TreeSet<>(alert.getEvents().stream().map(AlertEvent::getEventId).toList()).toString());
    fields.put(
        "detections",
        new TreeSet<>(
                alert.getEvents().stream().flatMap(e -> e.getDetectionIds().stream()).toList())
            .toString());
    return fields;
  }

  private static Map<String, Object> fields(ResultSet row) throws SQLException {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("revision", row.getInt("revision"));
    fields.put("state", row.getString("state"));
    fields.put("pattern", row.getString("pattern_id"));
    fields.put("severity", row.getString("severity"));
    fields.put("probability", row.getDouble("probability"));
    fields.put("latitude", row.getDouble("lat"));
    fields.put("longitude", row.getDouble("lon"));
    fields.put("semi-major axis", row.getDouble("semi_major_m"));
    fields.put("semi-minor axis", row.getDouble("semi_minor_m"));
    fields.put("azimuth", row.getDouble("azimuth_deg"));
    fields.put("method", row.getString("method"));
    fields.put("start", instant(row, "started_at"));
    fields.put("end", instant(row, "ended_at"));
    fields.put("closed", row.getObject("closed_at") != null);
    fields.put("replaced by", Objects.requireNonNullElse(row.getString("replaced_by"), "none"));
    fields.put("explanation", row.getString("explanation"));
    fields.put("labels", new TreeSet<>(texts(row.getArray("labels"))).toString());
    TreeSet<String> events = new TreeSet<>();
    try {
      for (JsonNode event : JSON.readTree(row.getString("events"))) {
        events.add(event.path("eventId").asText());
      }
    } catch (JsonProcessingException e) {
      throw new SQLException("column events does not hold JSON", e);
    }
    fields.put("events", events.toString());
    fields.put("detections", new TreeSet<>(texts(row.getArray("detections"))).toString());
    return fields;
  }

  private static List<String> texts(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant().truncatedTo(ChronoUnit.MICROS);
  }

  /** An analyst's question and its answer. */
  record Answer(String question, List<String> lines) {}

  /** Alerts within {@code radiusMetres} of a place since {@code since}, nearest first. */
  Answer alertsNear(
      double latitudeDegrees, double longitudeDegrees, int radiusMetres, Instant since)
      throws SQLException {
    String question =
        String.format(
            Locale.ROOT,
            "SELECT left(alert_id, 8) AS alert, state, round(probability::numeric, 3) AS p,%n      "
                + " to_char(started_at, 'HH24:MI:SS') AS started, round(distance_m) AS metres,%n   "
                + "    array_to_string(labels, ' + ') AS labels%nFROM tocsin.alerts_near(%.4f,"
                + " %.4f, %d, '%s', now())",
            longitudeDegrees,
            latitudeDegrees,
            radiusMetres,
            since.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
    List<List<String>> table = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      int columns = row.getMetaData().getColumnCount();
      List<String> head = new ArrayList<>();
      for (int c = 1; c <= columns; c++) {
        head.add(row.getMetaData().getColumnLabel(c));
      }
      table.add(head);
      while (row.next()) {
        List<String> cells = new ArrayList<>();
        for (int c = 1; c <= columns; c++) {
          cells.add(String.valueOf(row.getString(c)));
        }
        table.add(cells);
      }
    }
    return new Answer(question, TextTable.lines(table));
  }

  private long number(String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
