package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.demo.Demo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both jobs' delivery, exactly once, while every TaskManager is killed in the middle of what a job
 * writes: behind a checkpoint and before the next one, so that it is in an open transaction. At
 * least once: {@link FaultsIT}.
 */
@Tag("alone")
class DeliveryIT {

  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
  private static final Duration CHECKPOINTS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @TempDir private Path folder;

  private Path bundle;
  private Path loadFolder;

  @BeforeEach
  void renderTheLoad() throws IOException {
    String recordings = System.getenv("TOCSIN_AUDIO");
    assumeTrue(
        recordings != null && Files.isDirectory(Path.of(recordings)),
        "TOCSIN_AUDIO is not set; set it to a folder of recordings to run this test");
    bundle = BundleAssembly.shipped(CHECKOUT);
    loadFolder = folder.resolve("load");
    KnownLoad.render(
        loadFolder,
        new SoundLibrary(List.of(Path.of(recordings)), Demo.trainedOn(bundle)),
        FaultsVerb.SEED);
  }

  @Test
  void exactlyOnceEachRecordIsReadOnceThoughTaskManagersAreKilled() throws Exception {
    try (Cluster cluster = start()) {
      Fleet calm = playedCalmly(cluster);
      Fleet struck = playedUnderFire(cluster);
      Delivered committed = settled(cluster, calm, struck);
      Delivered raw = Delivered.read(cluster, IsolationLevel.READ_UNCOMMITTED);

      assertThat(committed.timesById().values()).as("detections").containsOnly(1);
      assertThat(committed.timesByRevision().values()).as("alerts").containsOnly(1);
      assertThat(committed.timesByEventRevision().values()).as("sound events").containsOnly(1);
      assertThat(raw.timesById()).containsOnlyKeys(committed.timesById().keySet());
      assertThat(raw.timesById().values())
          .as("a detection was in a transaction that was taken back")
          .anyMatch(times -> times > 1);
      assertThat(raw.linesById().values())
          .as("what is written again is what it was")
          .allMatch(lines -> lines.size() == 1);
      assertThat(raw.words())
          .as("a word of DistressJob was in a transaction that was taken back")
          .isGreaterThan(committed.words());
    }
  }

  private Cluster start() throws InterruptedException {
    List<String> both =
        List.of("--kafka.exactlyOnce=true", "--environment.checkpointInterval=" + CHECKPOINTS);
    return Cluster.start(
        folder,
        bundle,
        Map.of(
            ScoringJob.NAME,
            both,
            DistressJob.NAME,
            // What is quiet is closed sooner, and the test is over sooner.
            List.of(both.get(0), both.get(1), "--allowedLateness=PT15S")),
        false,
        line -> {});
  }

  /** Plays the load to its end and to a checkpoint behind it, without a fault. */
  private Fleet playedCalmly(Cluster cluster) throws InterruptedException {
    Fleet fleet = fleet(0);
    Member producer = Campaign.producer(cluster, loadFolder, fleet);
    producer.start();
    await().atMost(PATIENCE).until(producer::endedWell);
    awaitAllFramesScored(cluster);
    return fleet;
  }

  /** Plays the load and kills all TaskManagers twice, once for each job's sake. */
  private Fleet playedUnderFire(Cluster cluster) throws Exception {
    Fleet fleet = fleet(1);
    Member producer = Campaign.producer(cluster, loadFolder, fleet);
    producer.start();
    try (OpenEnd end = new OpenEnd(cluster, Topics.DETECTIONS.name())) {
      // What is written behind a checkpoint and before the next one is taken back.
      end.awaitCheckpoint(ScoringJob.NAME, PATIENCE);
      strike(cluster, end);
    }
    try (OpenEnd end = new OpenEnd(cluster, Topics.SOUND_EVENTS.name())) {
      strike(cluster, end);
    }
    await().atMost(PATIENCE).until(producer::endedWell);
    awaitAllFramesScored(cluster);
    return fleet;
  }

  private static Fleet fleet(int number) {
    long second = RowWatch.now() / 1_000_000;
    return new Fleet(number, (second + 3) * 1_000_000);
  }

  /**
   * Kills all TaskManagers as soon as something is written; once more where that had been committed
   * before they died.
   */
  private static void strike(Cluster cluster, OpenEnd end) throws Exception {
    boolean bites = false;
    while (!bites) {
      end.awaitRecord(PATIENCE);
      for (Member taskManager : cluster.taskManagers()) {
        taskManager.kill();
      }
      bites = end.isUncommitted();
      for (Member taskManager : cluster.taskManagers()) {
        taskManager.start();
      }
      await().atMost(PATIENCE).until(cluster::ailment, String::isEmpty);
    }
  }

  private static void awaitAllFramesScored(Cluster cluster) {
    try (OpenEnd frames = new OpenEnd(cluster, Topics.AUDIO_FRAMES.name())) {
      await()
          .atMost(PATIENCE)
          .pollInterval(LOOK_EVERY)
          .until(() -> frames.isReadToItsEnd(ScoringJob.NAME));
    }
  }

  /** What is committed when every alert has its last word; the struck fleet's is the calm one's. */
  private static Delivered settled(Cluster cluster, Fleet calm, Fleet struck) {
    Delivered[] last = new Delivered[1];
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Delivered now = Delivered.read(cluster, IsolationLevel.READ_COMMITTED);
              last[0] = now;
              assertThat(now.detections(calm)).hasSizeGreaterThan(20);
              assertThat(now.detections(struck)).isEqualTo(now.detections(calm));
              assertThat(now.alerts(calm)).hasSize(2).allMatch(a -> a.startsWith("CLOSED"));
              assertThat(now.alerts(struck)).isEqualTo(now.alerts(calm));
            });
    return last[0];
  }
}
