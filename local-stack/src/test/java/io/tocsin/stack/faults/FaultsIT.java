package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.demo.Demo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of processes of which one is killed under load. */
@Tag("alone")
class FaultsIT {

  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void aKilledTaskManagerCostsNothingAndDoublesNothing() throws Exception {
    String recordings = System.getenv("TOCSIN_AUDIO");
    assumeTrue(
        recordings != null && Files.isDirectory(Path.of(recordings)),
        "TOCSIN_AUDIO is not set; set it to a folder of recordings to run this test");
    Path bundle = BundleAssembly.shipped(CHECKOUT);
    Path loadFolder = folder.resolve("load");
    KnownLoad.render(
        loadFolder,
        new SoundLibrary(List.of(Path.of(recordings)), Demo.trainedOn(bundle)),
        FaultsVerb.SEED);
    try (Cluster cluster =
        Cluster.start(
            folder,
            bundle,
            // What is quiet is closed sooner, and the test is over sooner.
            Map.of(DistressJob.NAME, List.of("--allowedLateness=PT15S")),
            false,
            line -> {})) {
      FaultsReport report =
          new Campaign(
                  new Campaign.Plan(List.of(Fault.TASKMANAGER), 1, Duration.ZERO),
                  cluster,
                  loadFolder,
                  KnownLoad.read(loadFolder),
                  ModelBundle.load(bundle),
                  line -> {})
              .run();

      assertThat(report.holds()).as(() -> String.join("\n", report.lines())).isTrue();
      assertThat(report.reference().detections()).isGreaterThan(20);
      assertThat(report.reference().alerts()).isEqualTo(2);
      assertThat(report.faults()).hasSize(1);
      assertThat(cluster.taskManagers().stream().mapToInt(Member::starts).sum())
          .as("starts of TaskManagers")
          .isEqualTo(cluster.taskManagers().size() + 1);
      // At least once: what comes again is what it was.
      assertThat(Delivered.read(cluster, IsolationLevel.READ_UNCOMMITTED).linesById().values())
          .allMatch(lines -> lines.size() == 1);
    }
  }
}
