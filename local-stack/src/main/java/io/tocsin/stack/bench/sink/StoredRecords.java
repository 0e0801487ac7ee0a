package io.tocsin.stack.bench.sink;

import io.tocsin.stack.StackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the tables hold, a line a row. */
final class StoredRecords {

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private StoredRecords() {}

  static List<String> detections(SinkRig rig) throws SQLException {
    return lines(
        rig,
        """
        SELECT concat_ws(' ', detection_id, sensor_id, label,
          (extract(epoch FROM onset_at) * 1000000)::bigint, onset_sigma_us)
        FROM tocsin.detection
        """);
  }

  static List<String> alerts(SinkRig rig) throws SQLException {
    return lines(
        rig, "SELECT concat_ws(' ', alert_id, revision, explanation) FROM tocsin.distress_alert");
  }

  /**
   * Waits until a group has written topics up to the given ends.
   *
   * @throws StackException if that takes too long
   */
  static void awaitWritten(
      SinkRig rig, String group, Map<String, Map<Integer, Long>> ends, Duration longest)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    Map<String, Long> missing = missing(rig, group, ends);
    while (!missing.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new StackException("not written within " + longest + ": " + missing);
      }
      Thread.sleep(LOOK_EVERY.toMillis());
      missing = missing(rig, group, ends);
    }
  }

  private static Map<String, Long> missing(
      SinkRig rig, String group, Map<String, Map<Integer, Long>> ends) throws SQLException {
    Map<String, Long> missing = new HashMap<>();
    ends.forEach((topic, of) -> of.forEach((p, end) -> missing.put(topic + "-" + p, end)));
    for (String line :
        lines(
            rig,
            "SELECT concat_ws(' ', topic || '-' || partition, next_offset) FROM"
                + " tocsin.consumer_offset WHERE group_id = '"
                + group
                + "' AND next_offset IS NOT NULL")) {
      String[] parts = line.split(" ", -1);
      missing.computeIfPresent(parts[0], (p, end) -> Long.parseLong(parts[1]) >= end ? null : end);
    }
    return missing;
  }

  static List<String> lines(SinkRig rig, String sql) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = rig.connect();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        lines.add(result.getString(1));
      }
    }
    return lines;
  }
}
