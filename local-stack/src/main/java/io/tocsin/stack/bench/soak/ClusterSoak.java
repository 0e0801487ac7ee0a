package io.tocsin.stack.bench.soak;

import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.StackException;
import io.tocsin.stack.bench.cluster.ScoringLoad;
import io.tocsin.stack.bench.sink.EmptiedTopics;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.faults.KnownLoad;
import io.tocsin.stack.faults.SinkLag;
import io.tocsin.stack.faults.StoredOutcomes;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Measures what a cluster reaches, then gives it a share of that for long, and watches it.
 *
 * @param bundle folder of the model bundle
 * @param folder for all that the processes write
 * @param share of what it reaches
 * @param length of the load
 * @param saturationWindows of the measurement before
 */
record ClusterSoak(
    Path bundle,
    List<Path> recordings,
    SoundLibrary library,
    Path folder,
    double share,
    Duration length,
    int saturationWindows,
    Consumer<String> progress) {

  private static final long SEED = 7;
  private static final int PARALLELISM = 2;
  private static final int PRODUCER_HEAP_MEBIBYTES = 192;
  private static final Duration LEAD = Duration.ofSeconds(15);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final int LOOKS_A_MINUTE = 6;
  private static final int LOOKS_A_LINE = 30;
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);

  /** Four to a partition. An hour of sound, three times over, is more than many disks. */
  private static final long KEPT_BYTES = 256L << 20;

  /** Under load. */
  private record Watched(SoakWatch watch, double busy) {}

  SoakReport run() throws Exception {
    ModelBundle model = ModelBundle.load(bundle);
    Path heardFolder = folder.resolve("load");
    KnownLoad.render(heardFolder, library, SEED);
    int samples = KnownLoad.read(heardFolder).samples().get(0).length;
    try (Cluster cluster = Cluster.servers(folder, bundle, progress)) {
      double reached =
          ScoringLoad.saturation(
              cluster,
              bundle,
              recordings,
              saturationWindows,
              PARALLELISM,
              folder.resolve("checkpoints-of-saturation"),
              progress);
      forgetFrames(cluster);
      double windowsOfSensor = (double) model.sampleRateHertz() / model.hopSamples();
      int fleets =
          (int) Math.max(1, Math.round(share * reached / windowsOfSensor / SoakLoad.SENSORS));
      say(
          "it reaches %.0f windows/s; %d sensors give %.0f",
          reached, fleets * SoakLoad.SENSORS, fleets * SoakLoad.SENSORS * windowsOfSensor);
      cluster.startParts(Map.of());
      SoakLoad load =
          SoakLoad.lasting(
              length.toMillis() / 1e3,
              fleets,
              ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().plus(LEAD)),
              model.hopSamples(),
              samples);
      Watched watched = play(cluster, load, heardFolder);
      String unsettled = settle(cluster);
      long windows = load.windows(model);
      long missing = windows - watched.watch().windowsScored(windows);
      try (Connection connection = cluster.connect()) {
        return new SoakReport(
            load.frames() * load.frameMicros() / 3.6e9,
            Runtime.getRuntime().availableProcessors(),
            model.ref().toString(),
            load.sensors(),
            reached,
            load.sensors() * windowsOfSensor,
            watched.busy(),
            windows,
            missing,
            watched.watch().restarts(),
            cluster.startedAgain(),
            unsettled,
            SoakOutcome.read(connection, load),
            watched.watch().series(LOOKS_A_MINUTE));
      }
    }
  }

  private Watched play(Cluster cluster, SoakLoad load, Path heardFolder)
      throws IOException, InterruptedException, SQLException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                cluster.endpoints().bootstrapServers(),
                cluster.endpoints().registryUrl(),
                heardFolder.toString()));
    arguments.addAll(load.arguments());
    Member producer =
        cluster.member(
            new JvmProgram(
                "soak-producer", SoakProducer.class.getName(), PRODUCER_HEAP_MEBIBYTES, arguments));
    producer.start();
    SoakWatch watch = new SoakWatch(cluster);
    // Only when the last fleet plays is it the whole load.
    long begins = load.fleet(load.fleets() - 1).startMicros();
    Thread.sleep(Math.max(0, begins / 1_000 - System.currentTimeMillis()) + LOOK_EVERY.toMillis());
    long before = processorNanos(cluster);
    long since = System.nanoTime();
    long next = since;
    int looks = 0;
    double busy = 0;
    long ends = load.startMicros() / 1_000 + load.rounds() * load.roundMicros() / 1_000;
    while (producer.isAlive() && System.currentTimeMillis() < ends) {
      watch.look();
      busy = (processorNanos(cluster) - before) / (double) Math.max(1, System.nanoTime() - since);
      if (looks++ % LOOKS_A_LINE == 0) {
        say(
            "%.0f frames, %.0f detections, %.0f records for sinks wait; newest row %.1f s old;"
                + " %.2f and %.2f MiB of state; TaskManagers have %.0f and %.0f MiB",
            watch.newest("frames that wait"),
            watch.newest("detections that wait"),
            watch.newest("records that wait for a sink"),
            watch.newest("age of the newest detection's row"),
            watch.newest("state of tocsin-scoring"),
            watch.newest("state of tocsin-distress"),
            watch.newest("memory of flink-taskmanager-1"),
            watch.newest("memory of flink-taskmanager-2"));
      }
      next += LOOK_EVERY.toNanos();
      Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
    }
    awaitEnd(producer, load);
    return new Watched(watch, busy / Runtime.getRuntime().availableProcessors());
  }

  private static void awaitEnd(Member producer, SoakLoad load) throws InterruptedException {
    long deadline = System.nanoTime() + 1_000 * load.roundMicros() + SETTLES_WITHIN.toNanos();
    while (producer.isAlive() && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }
    if (!producer.endedWell()) {
      throw new StackException("the producer of the load did not end well; see its log");
    }
  }

  private static long processorNanos(Cluster cluster) throws InterruptedException {
    long nanos = 0;
    for (Member member : cluster.members()) {
      nanos += member.processorTime().toNanos();
    }
    return nanos;
  }

  /** Waits until all is said and written; what is not by then, in words. */
  private static String settle(Cluster cluster) throws InterruptedException, SQLException {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (true) {
      String problem;
      try (Connection connection = cluster.connect()) {
        long open = StoredOutcomes.openAlerts(connection);
        long behind = SinkLag.offsets(cluster, connection);
        problem =
            open > 0
                ? open + " alerts are open"
                : behind > 0 ? behind + " records are not written" : "";
      }
      if (problem.isEmpty() || System.nanoTime() - deadline > 0) {
        return problem;
      }
      Thread.sleep(500);
    }
  }

  /** Takes the measurement's frames and detections away, and bounds what is kept from now on. */
  private static void forgetFrames(Cluster cluster) throws InterruptedException {
    try (Admin admin = Admin.create(cluster.kafkaSettings())) {
      EmptiedTopics.empty(admin, List.of(Topics.AUDIO_FRAMES.name(), Topics.DETECTIONS.name()));
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, Topics.AUDIO_FRAMES.name()),
                  List.of(
                      set(TopicConfig.RETENTION_BYTES_CONFIG, KEPT_BYTES),
                      set(TopicConfig.SEGMENT_BYTES_CONFIG, KEPT_BYTES / 8))))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new StackException("Kafka does not bound the frames: " + e.getCause(), e);
    }
  }

  private static AlterConfigOp set(String name, long value) {
    return new AlterConfigOp(new ConfigEntry(name, Long.toString(value)), AlterConfigOp.OpType.SET);
  }

  private void say(String line, Object... values) {
    progress.accept(String.format(Locale.ROOT, line, values));
  }
}
