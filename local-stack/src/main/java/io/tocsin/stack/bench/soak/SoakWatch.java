package io.tocsin.stack.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.faults.SinkLag;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at a running cluster: memory of each process, state of each job, what waits where. */
final class SoakWatch {

  private static final Duration RUNNING = Duration.ofSeconds(60);
  private static final Duration REPORTED = Duration.ofSeconds(20);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
  private static final double MEBIBYTES = 1 << 20;

  /** What a look is of. {@code mayChange} as in {@link SoakSeries#of}. */
  private record Quantity(String name, String unit, double mayChange) {}

  private final Cluster cluster;
  private final FlinkRest flink;
  private final String scoring;
  private final String distress;
  private final Map<Quantity, List<Double>> seen = new LinkedHashMap<>();

  SoakWatch(Cluster cluster) throws InterruptedException {
    this.cluster = cluster;
    this.flink = new FlinkRest(cluster.endpoints().flinkUrl());
    this.scoring = flink.awaitRunning(ScoringJob.NAME, RUNNING).id();
    this.distress = flink.awaitRunning(DistressJob.NAME, RUNNING).id();
  }

  /** Looks at everything once. */
  void look() throws IOException, InterruptedException, SQLException {
    for (Member member : cluster.members()) {
      saw(new Quantity("memory of " + member.name(), "MiB", 32), member.memoryMebibytes());
    }
    checkpoints(ScoringJob.NAME, scoring);
    checkpoints(DistressJob.NAME, distress);
    saw(
        new Quantity("tensors open", "tensors", 4),
        flink.highest(metric(scoring, "score_windows.tensorsOpen")));
    saw(new Quantity("frames that wait", "records", 500), waiting(scoring, "Source__frames"));
    saw(
        new Quantity("detections that wait", "records", 100),
        waiting(distress, "Source__detections"));
    try (Connection connection = cluster.connect()) {
      saw(
          new Quantity("records that wait for a sink", "records", 500),
          (double) SinkLag.offsets(cluster, connection));
      saw(
          new Quantity("age of the newest detection's row", "s", 1),
          SoakOutcome.ageSeconds(connection));
    }
  }

  private void checkpoints(String job, String id) throws IOException, InterruptedException {
    JsonNode last = flink.json("/jobs/" + id + "/checkpoints").path("latest").path("completed");
    saw(new Quantity("state of " + job, "MiB", 1), last.path("state_size").asDouble() / MEBIBYTES);
    saw(
        new Quantity("checkpoint of " + job, "s", 1),
        last.path("end_to_end_duration").asDouble() / 1_000);
  }

  private double waiting(String job, String source) throws IOException, InterruptedException {
    return flink.sum(metric(job, source + ".pendingRecords"));
  }

  /** Flink gathers metrics only when it is asked for some, and answers with those from before. */
  private FlinkRest.VertexMetric metric(String job, String name)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + REPORTED.toNanos();
    while (true) {
      Optional<FlinkRest.VertexMetric> metric = flink.vertexMetric(job, name);
      if (metric.isPresent()) {
        return metric.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StackException("no task of job " + job + " reports " + name);
      }
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
  }

  private void saw(Quantity quantity, double value) {
    seen.computeIfAbsent(quantity, q -> new ArrayList<>()).add(value);
  }

  /** The newest value of a quantity. */
  double newest(String name) {
    return seen.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .map(entry -> entry.getValue().get(entry.getValue().size() - 1))
        .findFirst()
        .orElse(Double.NaN);
  }

  /**
   * Windows that were scored since the job started or started again; asked until there are as many
   * as expected, or for a while.
   */
  long windowsScored(long expected) throws IOException, InterruptedException {
    FlinkRest.VertexMetric metric = metric(scoring, "score_windows.windowsScored");
    long deadline = System.nanoTime() + REPORTED.toNanos();
    long scored = Math.round(flink.sum(metric));
    while (scored != expected && System.nanoTime() < deadline) {
      Thread.sleep(BETWEEN_TRIES.toMillis());
      scored = Math.round(flink.sum(metric));
    }
    return scored;
  }

  /** Restarts of both jobs. */
  int restarts() throws IOException, InterruptedException {
    int restarts = 0;
    for (String job : List.of(scoring, distress)) {
      restarts +=
          flink.json("/jobs/" + job + "/metrics?get=numRestarts").path(0).path("value").asInt();
    }
    return restarts;
  }

  /**
   * All quantities over the time.
   *
   * @param each looks a minute
   */
  List<SoakSeries> series(int each) {
    return seen.entrySet().stream()
        .map(
            entry ->
                SoakSeries.of(
                    entry.getKey().name(),
                    entry.getKey().unit(),
                    entry.getKey().mayChange(),
                    entry.getValue(),
                    each))
        .toList();
  }
}
