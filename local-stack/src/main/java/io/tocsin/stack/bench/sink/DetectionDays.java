package io.tocsin.stack.bench.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The day partitions of tocsin.detection that a measurement writes to, empty or filled.
 *
 * @param first UTC day of the first
 */
record DetectionDays(LocalDate first, int days) {

  private static final String ROWS =
      """
      INSERT INTO %s (
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
              timestamptz '%s 00:00Z' + g * interval '1 microsecond' * (%d / (%d + 1)) AS o
            FROM generate_series(1, %d) AS g) AS rows
      """;

  /** Where the filled part ends: noon of the newest day. */
  Instant now() {
    return first.plusDays(days - 1L).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC);
  }

  /** Connections to the database that the partitions are in. */
  interface Database {
    Connection connect() throws SQLException;
  }

  /**
   * Makes the partitions afresh with so many rows in all, evenly from the first day's beginning to
   * {@link #now}; several partitions at a time.
   */
  void fill(Database database, long rows) throws SQLException, InterruptedException {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      List<Future<String>> filled = new ArrayList<>();
      for (int day = 0; day < days; day++) {
        int number = day;
        filled.add(workers.submit(() -> fill(database, number, rows)));
      }
      for (int day = 0; day < days; day++) {
        attach(statement, filled.get(day).get(), day);
      }
      statement.execute("CHECKPOINT");
    } catch (ExecutionException e) {
      throw new SQLException("the table cannot be filled: " + e.getCause(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Makes the newest day's partition as {@link #fill} made it. */
  void refillNewest(Database database, long rows) throws SQLException {
    String newest = fill(database, days - 1, rows);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      attach(statement, newest, days - 1);
      statement.execute("CHECKPOINT");
    }
  }

  private String table(int day) {
    return "tocsin.detection_" + first.plusDays(day).format(DateTimeFormatter.BASIC_ISO_DATE);
  }

  private void attach(Statement statement, String table, int day) throws SQLException {
    statement.execute(
        "ALTER TABLE tocsin.detection ATTACH PARTITION %s FOR VALUES FROM ('%s 00:00Z') TO ('%s 00:00Z')"
            .formatted(table, first.plusDays(day), first.plusDays(day + 1L)));
  }

  /** Makes a day's partition, not attached yet, and tells its name. */
  private String fill(Database database, int day, long rows) throws SQLException {
    String table = table(day);
    boolean newest = day == days - 1;
    // In half days: two of each day but one of the newest.
    long halves = 2L * days - 1;
    long ofDay = rows * Math.min(halves, 2L * (day + 1)) / halves - rows * 2 * day / halves;
    long micros = TimeUnit.HOURS.toMicros(newest ? 12 : 24);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET maintenance_work_mem = '256MB'");
      // Nobody needs these rows after a crash, and they are on disk before anything is measured.
      statement.execute("SET synchronous_commit = off");
      statement.execute("DROP TABLE IF EXISTS " + table);
      statement.execute("CREATE TABLE " + table + " (LIKE tocsin.detection INCLUDING CONSTRAINTS)");
      if (ofDay > 0) {
        statement.execute(ROWS.formatted(table, table, first.plusDays(day), micros, ofDay, ofDay));
      }
      // Made before the table is attached, which would make them one partition after another.
      for (String index : indexes(statement, table)) {
        statement.execute(index);
      }
      // A sink would find statistics in a table that has grown this large by itself.
      statement.execute("ANALYZE " + table);
    }
    return table;
  }

  private static List<String> indexes(Statement statement, String table) throws SQLException {
    List<String> definitions = new ArrayList<>();
    try (ResultSet result =
        statement.executeQuery(
            """
            SELECT coalesce(
              'ALTER TABLE %1$s ADD ' || pg_get_constraintdef(c.oid),
              'CREATE INDEX ON %1$s ' || substring(pg_get_indexdef(indexrelid) FROM 'USING .*'))
            FROM pg_index LEFT JOIN pg_constraint c ON conindid = indexrelid AND contype = 'p'
            WHERE indrelid = 'tocsin.detection'::regclass ORDER BY indexrelid
            """
                .formatted(table))) {
      while (result.next()) {
        definitions.add(result.getString(1));
      }
    }
    return definitions;
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
