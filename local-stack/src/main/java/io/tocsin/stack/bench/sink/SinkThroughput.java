package io.tocsin.stack.bench.sink;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.stack.process.Child;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Rows a second of the sink beside raw COPY of the same rows into the same table, in turns; then of
 * the sink for the newest detections at tables that hold more and more of the days before.
 */
final class SinkThroughput {

  /** Until then the sink's JVM warms up. */
  private static final double WARM = 0.25;

  /** What comes after a filled table's rows is of these hours: a fleet's load goes to one day. */
  private static final Duration NEWEST = Duration.ofHours(6);

  /**
   * What is measured.
   *
   * @param rows of each run
   * @param days over which they are spread
   * @param tableRows sizes of the table at which the sink is measured again
   */
  record Plan(
      long rows, int repetitions, int days, List<Long> tableRows, List<String> sinkOptions) {}

  private final Plan plan;
  private final SinkRig rig;
  private final LoadedTopic<Detection> topic;
  private final Consumer<String> progress;
  private final DetectionDays days;
  private final DetectionLoad load;

  SinkThroughput(Plan plan, SinkRig rig, LoadedTopic<Detection> topic, Consumer<String> progress) {
    this.topic = topic;
    this.plan = plan;
    this.rig = rig;
    this.progress = progress;
    LocalDate first = LocalDate.now(ZoneOffset.UTC).minusDays(plan.days() + 1L);
    this.days = new DetectionDays(first, plan.days());
    this.load = DetectionLoad.ofDays(first, plan.days(), plan.rows());
  }

  SinkThroughputReport run() throws SQLException, IOException, InterruptedException {
    try (Connection connection = rig.connect()) {
      Map<Integer, Long> end = loadTopic(load, 0);
      migrate(connection);
      days.fill(rig::connect, 0);
      List<Double> sink = new ArrayList<>();
      Map<String, List<Double>> copies = new TreeMap<>();
      List<RawCopy> raw = new ArrayList<>();
      for (int run = 0; run <= plan.repetitions(); run++) {
        days.empty(connection);
        SinkProgress seen = sink(connection, "run-" + run, Map.of(), end);
        requireAll(connection);
        if (run == 0) {
          // The first run finds the server cold, and its rows are what raw COPY gets.
          raw.add(RawCopy.of(connection, rig.folder(), "binary"));
          raw.add(RawCopy.of(connection, rig.folder(), "text"));
          continue;
        }
        sink.add(seen.perSecond(WARM, 1));
        for (RawCopy copy : raw) {
          days.empty(connection);
          copies
              .computeIfAbsent(copy.format(), format -> new ArrayList<>())
              .add(copy.rowsPerSecond(connection));
        }
        progress.accept(
            "run %d: sink %.0f rows/s, raw COPY %s".formatted(run, sink.get(run - 1), copies));
      }
      List<SinkThroughputReport.AtSize> sizes = new ArrayList<>();
      if (!plan.tableRows().isEmpty()) {
        Map<Integer, Long> start = end;
        end = loadTopic(new DetectionLoad(days.now(), NEWEST, plan.rows()), 1);
        double small = atSize(connection, 0, start, end).perSecond();
        for (long rows : plan.tableRows()) {
          AtSize at = atSize(connection, rows, start, end);
          sizes.add(
              new SinkThroughputReport.AtSize(
                  rows,
                  at.bytes(),
                  new SinkThroughputReport.Rate(at.perSecond()),
                  small / at.perSecond()));
        }
      }
      return SinkThroughputReport.of(plan, sink, copies, sizes);
    }
  }

  private record AtSize(long bytes, double perSecond) {}

  /** The sink's rate for what comes after so many rows of the days before. */
  private AtSize atSize(
      Connection connection, long rows, Map<Integer, Long> from, Map<Integer, Long> to)
      throws SQLException, InterruptedException {
    days.fill(rig::connect, rows);
    long bytes = days.bytes(connection);
    progress.accept("the table holds %d rows, %d MB".formatted(rows, bytes >> 20));
    List<Double> rates = new ArrayList<>();
    for (int run = 0; run < plan.repetitions(); run++) {
      if (run > 0) {
        days.refillNewest(rig::connect, rows);
      }
      String group = "size-" + rows + "-" + run;
      rates.add(sink(connection, group, from, to).perSecond(WARM, 1));
      progress.accept("sink at %d rows: %.0f rows/s".formatted(rows, rates.get(run)));
    }
    return new AtSize(bytes, Medians.of(rates));
  }

  /**
   * Puts detections on the topic, behind those that are there.
   *
   * @return where the topic then ends
   */
  private Map<Integer, Long> loadTopic(DetectionLoad load, int series) throws InterruptedException {
    for (long i = 0; i < plan.rows(); i++) {
      topic.send(load.detection(series, i));
    }
    progress.accept("%d detections are on the topic".formatted((series + 1) * plan.rows()));
    return topic.ends();
  }

  /** One start of the sink brings the schema up to date. */
  private void migrate(Connection connection) throws SQLException, InterruptedException {
    String group = "migrate";
    Child sink = rig.startSink(group, group, plan.sinkOptions());
    boolean there = false;
    while (!there && sink.isAlive()) {
      Thread.sleep(100);
      try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT FROM pg_class WHERE relname = 'detection_default_day'");
          var result = statement.executeQuery()) {
        there = result.next();
      }
    }
    sink.stop();
  }

  private SinkProgress sink(
      Connection connection, String group, Map<Integer, Long> from, Map<Integer, Long> to)
      throws SQLException, InterruptedException {
    long start = from.values().stream().mapToLong(Long::longValue).sum();
    long end = to.values().stream().mapToLong(Long::longValue).sum();
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO tocsin.consumer_offset VALUES (?, ?, ?, ?, 0)")) {
      for (Map.Entry<Integer, Long> position : from.entrySet()) {
        statement.setString(1, group);
        statement.setString(2, Topics.DETECTIONS.name());
        statement.setInt(3, position.getKey());
        statement.setLong(4, position.getValue());
        statement.executeUpdate();
      }
    }
    Child sink = rig.startSink(group, group, plan.sinkOptions());
    try {
      return SinkProgress.watch(connection, sink, group, start, end - start);
    } finally {
      sink.stop();
    }
  }

  private void requireAll(Connection connection) throws SQLException {
    long rows = DetectionDays.rows(connection);
    if (rows < plan.rows()) {
      throw new IllegalStateException(
          "the sink wrote " + rows + " of " + plan.rows() + " rows; its log is in " + rig.folder());
    }
  }
}
