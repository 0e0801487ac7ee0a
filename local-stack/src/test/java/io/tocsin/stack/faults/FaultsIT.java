package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.demo.Demo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of processes of which one is killed under load. */
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
    SoundLibrary library = new SoundLibrary(List.of(Path.of(recordings)), Demo.trainedOn(bundle));

    FaultsReport report =
        FaultsVerb.run(
            new Campaign.Plan(List.of(Fault.TASKMANAGER), 1, Duration.ZERO),
            bundle,
            library,
            folder,
            // What is quiet is closed sooner, and the test is over sooner.
            Map.of("tocsin-distress", List.of("--allowedLateness=PT15S")),
            line -> {});

    assertThat(report.holds()).as(() -> String.join("\n", report.lines())).isTrue();
    assertThat(report.reference().detections()).isGreaterThan(20);
    assertThat(report.reference().alerts()).isEqualTo(2);
    assertThat(report.faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.recoverySeconds().p50()).isPositive());
  }
}
