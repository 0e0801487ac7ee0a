package io.tocsin.stack.bench.cluster;

import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.Topics;
import io.tocsin.stack.bench.association.CityLoad;
import io.tocsin.stack.bench.sink.EmptiedTopics;
import io.tocsin.stack.cluster.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/** Both jobs, in a cluster of processes and in one JVM, in turns, from the same brokers. */
final class ClusterMeasurement {

  private static final int SENSORS_OF_CITY = 10_000;
  private static final double CHANCE_PER_TRUE = 2;

  /**
   * How much is measured.
   *
   * @param windows for ScoringJob in each repetition, about
   * @param picks for DistressJob
   * @param warmUps of each way, at the highest parallelism, that do not count
   * @param repetitions of each way at each parallelism, in turns
   */
  record Extent(
      int windows, int picks, List<Integer> parallelism, int warmUps, int repetitions, long seed) {

    Extent {
      parallelism = List.copyOf(parallelism);
    }
  }

  private final Cluster cluster;
  private final FlinkWay oneJvm;
  private final FlinkWay ofProcesses;
  private final List<String> kafka;
  private final Extent extent;
  private final Consumer<String> progress;
  private int runs;

  ClusterMeasurement(
      Cluster cluster,
      FlinkWay oneJvm,
      FlinkWay ofProcesses,
      Extent extent,
      Consumer<String> progress) {
    this.cluster = cluster;
    this.oneJvm = oneJvm;
    this.ofProcesses = ofProcesses;
    this.kafka =
        List.of(
            "--kafka.bootstrapServers=" + cluster.endpoints().bootstrapServers(),
            "--kafka.registryUrl=" + cluster.endpoints().registryUrl());
    this.extent = extent;
    this.progress = progress;
  }

  /** DistressJob over a city's picks. To be measured before ScoringJob, which writes there too. */
  ClusterReport.Job distress() throws Exception {
    CityLoad city = CityLoad.of(SENSORS_OF_CITY, extent.picks(), CHANCE_PER_TRUE, extent.seed());
    PickTopic.preload(cluster, city);
    say("%d picks of %d sensors are in Kafka", city.picks().size(), city.sites().size());
    return measured(
        new LoadedJob(
            DistressJob.NAME,
            "picks",
            "Source__detections.deserializer.recordsReceived",
            city.picks().size(),
            callers -> List.of(),
            settings ->
                DistressJob.submit(SettingsFile.read(DistressJobSettings.class, settings))));
  }

  /** ScoringJob over recordings. */
  ClusterReport.Job scoring(Path bundleFolder, List<Path> recordings) throws Exception {
    return measured(
        ScoringLoad.preload(
            cluster, bundleFolder, recordings, extent.windows(), extent.seed(), progress));
  }

  private ClusterReport.Job measured(LoadedJob job) throws Exception {
    int most = extent.parallelism().stream().max(Integer::compare).orElseThrow();
    for (int w = 0; w < extent.warmUps(); w++) {
      run(job, oneJvm, most);
      run(job, ofProcesses, most);
    }
    Map<Integer, List<CountedRun>> inOneJvm = new LinkedHashMap<>();
    Map<Integer, List<CountedRun>> inCluster = new LinkedHashMap<>();
    for (int r = 0; r < extent.repetitions(); r++) {
      for (int parallelism : extent.parallelism()) {
        // Who goes first has the quieter machine or the colder brokers, by turns.
        boolean clusterFirst = r % 2 == 1;
        if (clusterFirst) {
          add(inCluster, parallelism, run(job, ofProcesses, parallelism));
        }
        add(inOneJvm, parallelism, run(job, oneJvm, parallelism));
        if (!clusterFirst) {
          add(inCluster, parallelism, run(job, ofProcesses, parallelism));
        }
      }
    }
    List<ClusterReport.AtParallelism> figures = new ArrayList<>();
    inOneJvm.forEach(
        (parallelism, one) ->
            figures.add(
                ClusterReport.AtParallelism.of(
                    parallelism, one, inCluster.getOrDefault(parallelism, List.of()))));
    return new ClusterReport.Job(job.name(), job.unit(), job.records(), figures);
  }

  private static void add(Map<Integer, List<CountedRun>> runs, int parallelism, CountedRun run) {
    runs.computeIfAbsent(parallelism, p -> new ArrayList<>()).add(run);
  }

  private CountedRun run(LoadedJob job, FlinkWay way, int parallelism) throws Exception {
    // DistressJob reads its own alerts: it would find those that the run before said of the same
    // picks, and each run more of them.
    try (Admin admin = Admin.create(cluster.kafkaSettings())) {
      EmptiedTopics.empty(admin, List.of(Topics.DISTRESS_ALERTS.name()));
    }
    CountedRun run = CountedRun.of(job, way, kafka, "bench-cluster-" + runs++, parallelism);
    say(
        "%s, parallelism %d, %s: %.0f %s/s, %.0f µs of processor time each",
        job.name(),
        parallelism,
        way.name(),
        run.perSecond(),
        job.unit(),
        run.processorMicrosEach());
    return run;
  }

  private void say(String line, Object... values) {
    progress.accept(String.format(Locale.ROOT, line, values));
  }
}
