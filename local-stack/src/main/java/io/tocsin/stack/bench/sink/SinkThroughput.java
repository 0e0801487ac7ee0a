package io.tocsin.stack.bench.sink;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.stack.process.Child;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Rows a second of the sink beside raw COPY of the same rows into the same table, in turns; then of
 * the sink at tables that hold more and more.
 */
final class SinkThroughput {

  /** Until then the sink's JVM warms up. */
  private static final double WARM = 0.25;

  private static final int WINDOWS = 5;

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
    this.load = new DetectionLoad(first, plan.days(), plan.rows());
  }

  SinkThroughputReport run() throws SQLException, IOException, InterruptedException {
    try (Connection connection = rig.connect()) {
      Map<Integer, Long> end = loadTopic(0);
      migrate(connection);
      days.fill(connection, 0);
      List<Double> sink = new ArrayList<>();
      List<Double> windows = new ArrayList<>();
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
        windows.addAll(windows(seen));
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
      double small = Medians.of(windows);
      for (int i = 0; i < plan.tableRows().size(); i++) {
        Map<Integer, Long> start = end;
        end = loadTopic(i + 1);
        sizes.add(atSize(connection, plan.tableRows().get(i), start, end, small));
      }
      return SinkThroughputReport.of(plan, sink, copies, sizes);
    }
  }

  private SinkThroughputReport.AtSize atSize(
      Connection connection,
      long rows,
      Map<Integer, Long> from,
      Map<Integer, Long> to,
      double small)
      throws SQLException, InterruptedException {
    days.fill(connection, rows);
    long bytes = days.bytes(connection);
    progress.accept("the table holds %d rows, %d MB".formatted(rows, bytes >> 20));
    double perSecond = Medians.of(windows(sink(connection, "size-" + rows, from, to)));
    progress.accept("sink at %d rows: %.0f rows/s".formatted(rows, perSecond));
    return new SinkThroughputReport.AtSize(
        rows, bytes, new SinkThroughputReport.Rate(perSecond), small / perSecond);
  }

  private static List<Double> windows(SinkProgress seen) {
    List<Double> windows = new ArrayList<>();
    double width = (1 - WARM) / WINDOWS;
    for (int i = 0; i < WINDOWS; i++) {
      windows.add(seen.perSecond(WARM + i * width, WARM + (i + 1) * width));
    }
    return windows;
  }

  /**
   * Puts detections on the topic, behind those that are there.
   *
   * @return where the topic then ends
   */
  private Map<Integer, Long> loadTopic(int series) throws InterruptedException {
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
