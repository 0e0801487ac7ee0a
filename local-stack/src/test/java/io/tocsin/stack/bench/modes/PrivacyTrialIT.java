package io.tocsin.stack.bench.modes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.mode.PrivacyGuard;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Role;
import io.tocsin.stack.demo.Demo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The privacy gate with the project's own model, on recordings that it has not learnt from. */
class PrivacyTrialIT {

  private static final Path BUNDLE = Path.of("../models/tocsin-student").toAbsolutePath();
  private static final double BED_BELOW_DECIBELS = 10;

  @Test
  void criesAndGlassAreLetOutInSilenceAndInWeather() throws Exception {
    String audio = System.getenv("TOCSIN_AUDIO");
    assumeTrue(
        audio != null && !audio.isBlank(),
        "TOCSIN_AUDIO is not set; set it to a folder of recordings to run this test");
    SoundLibrary library = new SoundLibrary(List.of(Path.of(audio)), Demo.trainedOn(BUNDLE));
    List<short[]> weather = new ArrayList<>();
    for (Path bed : files(library, Role.BACKGROUND).stream().limit(4).toList()) {
      weather.add(Pcm16.fromFloats(AudioFiles.read(bed, 16_000).samples()));
    }
    ModelBundle bundle = ModelBundle.load(BUNDLE);
    for (Role role : List.of(Role.CRY, Role.GLASS)) {
      for (List<short[]> beds : List.of(List.<short[]>of(), weather)) {
        PrivacyTrial.Outcome outcome =
            new PrivacyTrial(bundle, PrivacyGuard.DEFAULT, beds, BED_BELOW_DECIBELS)
                .of(files(library, role));
        assertThat(outcome.recordings()).isPositive();
        assertThat(outcome.withheldShare()).as("%s: %s", role, outcome).isLessThan(0.05);
        assertThat(outcome.goneShare()).as("%s: %s", role, outcome).isLessThan(0.05);
      }
    }
  }

  private static List<Path> files(SoundLibrary library, Role role) {
    return library.recordings(role).stream().map(SoundLibrary.Recording::file).sorted().toList();
  }
}
