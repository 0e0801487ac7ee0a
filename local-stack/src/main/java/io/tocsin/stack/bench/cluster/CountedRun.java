package io.tocsin.stack.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.tocsin.stack.StackException;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job over all that is in its topic.
 *
 * @param perSecond records, the slope of the least-squares line through what was counted between
 *     the first third and the last tenth: a job's first seconds are its start, its last are
 *     partitions that are empty already
 * @param processorMicrosEach processor time of all Flink processes a record, over the same stretch
 * @param taskManagers that had a part of it
 */
record CountedRun(double perSecond, double processorMicrosEach, int taskManagers) {

  private static final Duration FULLY_RUNNING = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);
  private static final Duration STANDSTILL = Duration.ofSeconds(60);
  private static final int FEWEST_LOOKS = 4;

  /** How far the job was, and what its processes had used; {@link System#nanoTime}. */
  record Look(long nanos, double records, long processorNanos) {}

  /**
   * Runs the job from the topic's beginning to its end.
   *
   * @param group a consumer group that never was
   * @throws StackException if the job stands still, counts more than there is, or is over too soon
   *     for a line
   */
  static CountedRun of(
      LoadedJob job, FlinkWay way, List<String> kafka, String group, int parallelism)
      throws Exception {
    List<String> settings = new ArrayList<>(kafka);
    settings.addAll(job.settings().apply(way.callers(parallelism)));
    settings.add("--kafka.groupId=" + group);
    settings.add("--environment.parallelism=" + parallelism);
    settings.add("--environment.cluster=" + way.address());
    settings.add("--environment.checkpointDirectory=" + way.checkpoints().resolve(group).toUri());
    job.submission().submit(settings.toArray(String[]::new));
    FlinkRest rest = way.rest();
    String id = rest.awaitRunning(job.name(), FULLY_RUNNING).id();
    try {
      int taskManagers = taskManagers(rest, id);
      return of(awaitAll(job, way, rest, id), taskManagers);
    } finally {
      rest.cancel(id);
    }
  }

  /** What the looks come to. */
  static CountedRun of(List<Look> all, int taskManagers) {
    double records = all.isEmpty() ? 0 : all.get(all.size() - 1).records();
    List<Look> looks =
        all.stream().filter(l -> l.records() > records / 3 && l.records() < 0.9 * records).toList();
    if (looks.size() < FEWEST_LOOKS) {
      throw new StackException(
          "the measurement was over after " + looks.size() + " looks; ask for more records");
    }
    double meanNanos = looks.stream().mapToDouble(Look::nanos).average().orElseThrow();
    double meanRecords = looks.stream().mapToDouble(Look::records).average().orElseThrow();
    double both = 0;
    double squares = 0;
    for (Look look : looks) {
      both += (look.nanos() - meanNanos) * (look.records() - meanRecords);
      squares += (look.nanos() - meanNanos) * (look.nanos() - meanNanos);
    }
    Look first = looks.get(0);
    Look last = looks.get(looks.size() - 1);
    return new CountedRun(
        both / squares * 1e9,
        (last.processorNanos() - first.processorNanos()) / 1e3 / (last.records() - first.records()),
        taskManagers);
  }

  private static List<Look> awaitAll(LoadedJob job, FlinkWay way, FlinkRest rest, String id)
      throws IOException, InterruptedException {
    List<Look> looks = new ArrayList<>();
    FlinkRest.@Nullable VertexMetric metric = null;
    double last = 0;
    long progressNanos = System.nanoTime();
    while (last < job.records()) {
      Thread.sleep(BETWEEN_LOOKS.toMillis());
      if (metric == null) {
        metric = rest.vertexMetric(id, job.metric()).orElse(null);
      }
      long processorNanos = way.processorTime().toNanos();
      double there = metric == null ? 0 : rest.sum(metric);
      long now = System.nanoTime();
      if (there > last) {
        last = there;
        progressNanos = now;
        looks.add(new Look(now, there, processorNanos));
      }
      if (now - progressNanos > STANDSTILL.toNanos()) {
        throw new StackException(
            "%s in %s stands at %.0f of %d %s for %d s"
                .formatted(
                    job.name(),
                    way.name(),
                    last,
                    job.records(),
                    job.unit(),
                    STANDSTILL.toSeconds()));
      }
    }
    if (last > job.records()) {
      throw new StackException(
          "%s in %s counts %.0f %s, there are %d"
              .formatted(job.name(), way.name(), last, job.unit(), job.records()));
    }
    return looks;
  }

  private static int taskManagers(FlinkRest rest, String id)
      throws IOException, InterruptedException {
    Set<String> all = new HashSet<>();
    for (JsonNode vertex : rest.json("/jobs/" + id).path("vertices")) {
      String path = "/jobs/" + id + "/vertices/" + vertex.path("id").asText() + "/taskmanagers";
      for (JsonNode taskManager : rest.json(path).path("taskmanagers")) {
        all.add(taskManager.path("taskmanager-id").asText());
      }
    }
    return all.size();
  }
}
