package io.tocsin.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.simulator.SoundLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnsetTrialTest {

  private static final long FIRST_SEED = 500_000;

  @ParameterizedTest
  @CsvSource({"20, 0.1, 5", "10, 0.2, 40", "5, 0.5, 250"})
  void onsetsInRealBackgroundArePickedWithAnHonestSigma(
      int snrDecibels, double medianMillis, double p95Millis) throws IOException {
    String folder = System.getenv("TOCSIN_AUDIO");
    assumeTrue(
        folder != null && !folder.isBlank(),
        "TOCSIN_AUDIO is not set; set it to a folder of recordings to run this test");
    OnsetTrial trial = new OnsetTrial(new SoundLibrary(List.of(Path.of(folder)), Set.of()));
    OnsetTrial.Figures figures =
        trial.run(FIRST_SEED, 600, snrDecibels).get(Integer.toString(snrDecibels));
    assertThat(figures.medianMillis()).as("%s", figures).isLessThan(medianMillis);
    assertThat(figures.p95Millis()).as("%s", figures).isLessThan(p95Millis);
    assertThat(figures.within2SigmaShare()).as("%s", figures).isBetween(0.9, 0.99);
  }
}
