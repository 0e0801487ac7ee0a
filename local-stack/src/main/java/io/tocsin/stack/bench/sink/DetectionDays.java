package io.tocsin.stack.bench.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;

/**
 * The day partitions of tocsin.detection that a measurement writes to, empty or filled.
 *
 * @param first UTC day of the first
 */
record DetectionDays(LocalDate first, int days) {

  private static final String ROWS =
      """
      INSERT INTO tocsin.%s (
        detection_id, sensor_id, place, altitude_m, accuracy_m, label, probability, score, onset_at,
        onset_sigma_us, ended_at, level_dbfs, clock_source, clock_uncertainty_us, model_id,
        model_version, model_digest, evidence, published_at)
      SELECT md5(g || '%s'), 'sensor-' || lpad(s::text, 5, '0'),
        tocsin.point(13.40 + 0.5 * (hashint4(s) %% 1000) / 1000.0,
          52.52 + 0.3 * (hashint4(s + 77777) %% 1000) / 1000.0),
        30 + s %% 40, 2.5, (ARRAY['speech', 'vehicle', 'dog', 'shout_scream', 'siren',
          'glass_shatter'])[1 + abs(hashint4(g)) %% 6],
        (abs(hashint4(g + 1)) %% 1000) / 1000.0, (abs(hashint4(g + 2)) %% 1000) / 1000.0, o,
        500 + abs(hashint4(g + 3)) %% 20000, o + interval '960 ms', -(abs(hashint4(g + 4)) %% 60),
        'GPS', 100, 'yamnet-head', '1.2.0', repeat('f', 64),
        jsonb_build_object('topic', 'tocsin.audio-frames.v1', 'bootId', to_hex(s),
          'firstSequence', g, 'lastSequence', g + 2), o + interval '3 s'
      FROM (SELECT g, abs(hashint4(g + 5)) %% 5000 AS s,
              timestamptz '%s 00:00Z' + g * interval '1 microsecond' * (86400000000 / (%d + 1)) AS o
            FROM generate_series(1, %d) AS g) AS rows
      """;

  /** Makes the partitions afresh with so many rows in all, in equal parts. */
  void fill(Connection connection, long rows) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int day = 0; day < days; day++) {
        LocalDate date = first.plusDays(day);
        String table = "detection_" + date.format(DateTimeFormatter.BASIC_ISO_DATE);
        long ofDay = rows * (day + 1) / days - rows * day / days;
        statement.execute("DROP TABLE IF EXISTS tocsin." + table);
        // Filled before it has indexes: those are then built in one go.
        statement.execute(
            "CREATE TABLE tocsin." + table + " (LIKE tocsin.detection INCLUDING CONSTRAINTS)");
        if (ofDay > 0) {
          statement.execute(ROWS.formatted(table, table, date, ofDay, ofDay));
        }
        statement.execute(
            "ALTER TABLE tocsin.detection ATTACH PARTITION tocsin.%s FOR VALUES FROM ('%s 00:00Z') TO ('%s 00:00Z')"
                .formatted(table, date, date.plusDays(1)));
      }
      statement.execute("CHECKPOINT");
    }
  }

  /** Takes all rows away. */
  void empty(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("TRUNCATE tocsin.detection");
      statement.execute("CHECKPOINT");
    }
  }

  /** Size on disk, indexes included. */
  long bytes(Connection connection) throws SQLException {
    return number(
        connection,
        "SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits"
            + " WHERE inhparent = 'tocsin.detection'::regclass");
  }

  static long rows(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM tocsin.detection");
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getLong(1);
    }
  }
}
