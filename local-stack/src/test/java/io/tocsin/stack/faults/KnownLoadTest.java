package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SceneTruth.SensorTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownLoadTest {

  private static final double PATTERN_SECONDS = 10;

  @TempDir private Path folder;

  private SoundLibrary library;

  @BeforeEach
  void twoRecordings() throws IOException {
    Path recordings = Files.createDirectory(folder.resolve("recordings"));
    noise(recordings.resolve("breakglass.wav"), 1);
    noise(recordings.resolve("femscream.wav"), 2);
    library = new SoundLibrary(List.of(recordings), Set.of());
  }

  @Test
  void theSameSeedAndRecordingsGiveTheSameLoadSampleBySample() throws IOException {
    KnownLoad.render(folder.resolve("one"), library, 7);
    KnownLoad.render(folder.resolve("other"), library, 7);

    KnownLoad one = KnownLoad.read(folder.resolve("one"));
    KnownLoad other = KnownLoad.read(folder.resolve("other"));

    assertThat(one.sites()).hasSize(8).isEqualTo(other.sites());
    for (int sensor = 0; sensor < 8; sensor++) {
      assertThat(one.samples().get(sensor)).isEqualTo(other.samples().get(sensor));
    }
  }

  @Test
  void framesFollowOneAnotherWithoutAGap() throws IOException {
    KnownLoad.render(folder.resolve("load"), library, 7);
    KnownLoad load = KnownLoad.read(folder.resolve("load"));
    short[] heard = load.samples().get(6);

    assertThat(load.frames() * KnownLoad.FRAME_SAMPLES).isEqualTo(heard.length);
    assertThat(load.frame(6, 3)[0]).isEqualTo(heard[3 * KnownLoad.FRAME_SAMPLES]);
    assertThat(load.frame(6, load.frames() - 1)).hasSize(KnownLoad.FRAME_SAMPLES);
  }

  @Test
  void aGlassAndACryOfDifferentPairsAreTooFarApartInTimeForAPattern() {
    SceneTruth truth = KnownScene.compose(library, 7);
    double firstCry = at(truth, "pair-1", Role.CRY);
    double secondGlass = at(truth, "pair-2", Role.GLASS);

    assertThat(secondGlass - firstCry).isGreaterThan(PATTERN_SECONDS);
  }

  @Test
  void aSensorThatStandsAloneHearsNothingOfTheOthers() {
    List<SensorTruth> sensors = KnownScene.compose(library, 7).sensors();
    for (SensorTruth alone : sensors.subList(6, 8)) {
      for (SensorTruth other : sensors) {
        if (!other.equals(alone)) {
          double metres =
              Math.hypot(
                  alone.eastMetres() - other.eastMetres(),
                  alone.northMetres() - other.northMetres());
          assertThat(metres).isGreaterThan(5_000);
        }
      }
    }
  }

  @Test
  void withoutRecordingsOfGlassAndCriesThereIsNoScene() throws IOException {
    SoundLibrary empty =
        new SoundLibrary(List.of(Files.createDirectory(folder.resolve("empty"))), Set.of());

    assertThatThrownBy(() -> KnownScene.compose(empty, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("breaking glass and cries");
  }

  private static double at(SceneTruth truth, String incident, Role role) {
    return truth.sounds().stream()
        .filter(sound -> sound.incident().equals(incident) && sound.role() == role)
        .findFirst()
        .orElseThrow()
        .atSeconds();
  }

  private static void noise(Path file, long seed) throws IOException {
    byte[] bytes = new byte[2 * KnownScene.SAMPLE_RATE_HERTZ];
    new Random(seed).nextBytes(bytes);
    AudioFormat format = new AudioFormat(KnownScene.SAMPLE_RATE_HERTZ, 16, 1, true, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(bytes), format, bytes.length / 2),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }
}
