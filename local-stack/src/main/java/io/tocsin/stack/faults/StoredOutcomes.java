package io.tocsin.stack.faults;

import io.tocsin.stack.cluster.Cluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads from PostGIS what came of fleets. */
public final class StoredOutcomes {

  private static final String DETECTIONS =
      """
      SELECT detection_id, sensor_id, label,
        (extract(epoch FROM onset_at) * 1000000)::bigint AS onset,
        onset_sigma_us AS sigma,
        (extract(epoch FROM ended_at) * 1000000)::bigint AS ended
      FROM tocsin.detection
      """;

  private static final String ALERTS =
      """
      SELECT a.alert_id, a.state, a.pattern_id, d.detection_id
      FROM tocsin.distress_alert a JOIN tocsin.alert_detection d USING (alert_id)
      """;

  private StoredOutcomes() {}

  /** A detection's row. */
  private record Row(String id, Fleet.Sensor sensor, String line) {}

  /** An alert while its detections are gathered. */
  private record Gathered(String state, String pattern, TreeSet<String> lines) {}

  /** A line for each detection of one fleet, as in {@link Outcome}. */
  static List<String> detections(Connection connection, Fleet fleet) throws SQLException {
    return rows(connection, List.of(fleet)).stream().map(Row::line).toList();
  }

  /** What came of each fleet. */
  static Map<Fleet, Outcome> all(Cluster cluster, Collection<Fleet> fleets) throws SQLException {
    try (Connection connection = cluster.connect()) {
      List<Row> rows = rows(connection, fleets);
      Map<String, Row> byId = new HashMap<>();
      rows.forEach(row -> byId.put(row.id(), row));
      Map<Integer, Map<String, Gathered>> alerts = alerts(connection, byId);
      Map<Fleet, Outcome> outcomes = new HashMap<>();
      for (Fleet fleet : fleets) {
        Collection<Gathered> its = alerts.getOrDefault(fleet.number(), Map.of()).values();
        outcomes.put(
            fleet,
            new Outcome(
                rows.stream()
                    .filter(row -> row.sensor().fleet() == fleet.number())
                    .map(Row::line)
                    .toList(),
                its.stream()
                    .filter(alert -> !alert.state().equals("RETRACTED"))
                    .map(alert -> alert.state() + " " + alert.pattern() + " of " + alert.lines())
                    .toList(),
                (int) its.stream().filter(alert -> alert.state().equals("RETRACTED")).count()));
      }
      return outcomes;
    }
  }

  /**
   * Alerts whose row is not of the highest revision that was said, in words.
   *
   * @param said highest revision by alert's id
   */
  static List<String> otherRevisions(Cluster cluster, Map<String, Integer> said)
      throws SQLException {
    Map<String, Integer> missing = new TreeMap<>(said);
    List<String> wrong = new ArrayList<>();
    try (Connection connection = cluster.connect();
        PreparedStatement statement =
            connection.prepareStatement("SELECT alert_id, revision FROM tocsin.distress_alert");
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        Integer wanted = missing.remove(result.getString(1));
        if (wanted == null || wanted != result.getInt(2)) {
          wrong.add(
              "alert %s is at revision %d in the table, at %s on the topic"
                  .formatted(result.getString(1), result.getInt(2), wanted));
        }
      }
    }
    missing.forEach((id, revision) -> wrong.add("alert %s is not in the table".formatted(id)));
    return wrong;
  }

  /** Alerts that are neither closed nor taken back. */
  public static long openAlerts(Connection connection) throws SQLException {
    return count(
        connection,
        "SELECT count(*) FROM tocsin.distress_alert WHERE state NOT IN ('CLOSED', 'RETRACTED')");
  }

  /** Dead letters of records whose keys begin so. */
  static long deadLetters(Connection connection, String keys) throws SQLException {
    return count(
        connection,
        "SELECT count(*) FROM tocsin.dead_letter WHERE convert_from(key, 'UTF8') LIKE '"
            + keys
            + "%'");
  }

  /** Ids of all detections of sensors whose ids begin so. */
  static List<String> detectionIds(Connection connection, String sensors) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT detection_id FROM tocsin.detection WHERE sensor_id LIKE ?")) {
      statement.setString(1, sensors + "-%");
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          ids.add(result.getString(1));
        }
      }
    }
    return ids;
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }

  private static List<Row> rows(Connection connection, Collection<Fleet> fleets)
      throws SQLException {
    Map<Integer, Fleet> byNumber = new HashMap<>();
    fleets.forEach(fleet -> byNumber.put(fleet.number(), fleet));
    List<Row> rows = new ArrayList<>();
    String like = fleets.size() == 1 ? fleets.iterator().next().name() : "fleet";
    try (PreparedStatement statement =
        connection.prepareStatement(DETECTIONS + " WHERE sensor_id LIKE ?")) {
      statement.setString(1, like + "-%");
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          Optional<Fleet.Sensor> sensor = Fleet.Sensor.of(result.getString("sensor_id"));
          if (sensor.isPresent() && byNumber.containsKey(sensor.get().fleet())) {
            rows.add(
                new Row(
                    result.getString("detection_id"),
                    sensor.get(),
                    line(byNumber.get(sensor.get().fleet()), sensor.get(), result)));
          }
        }
      }
    }
    return rows;
  }

  private static String line(Fleet fleet, Fleet.Sensor sensor, ResultSet row) throws SQLException {
    return "%02d %s at %d ± %d to %d"
        .formatted(
            sensor.number(),
            row.getString("label"),
            fleet.loadMicros(row.getLong("onset")),
            row.getLong("sigma"),
            fleet.loadMicros(row.getLong("ended")));
  }

  private static Map<Integer, Map<String, Gathered>> alerts(
      Connection connection, Map<String, Row> detections) throws SQLException {
    Map<Integer, Map<String, Gathered>> alerts = new TreeMap<>();
    try (PreparedStatement statement = connection.prepareStatement(ALERTS);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        Row detection = detections.get(result.getString("detection_id"));
        if (detection != null) {
          String state = result.getString("state");
          String pattern = result.getString("pattern_id");
          alerts
              .computeIfAbsent(detection.sensor().fleet(), fleet -> new TreeMap<>())
              .computeIfAbsent(
                  result.getString("alert_id"), id -> new Gathered(state, pattern, new TreeSet<>()))
              .lines()
              .add(detection.line());
        }
      }
    }
    return alerts;
  }
}
