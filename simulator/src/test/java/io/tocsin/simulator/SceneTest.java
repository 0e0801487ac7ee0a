package io.tocsin.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.simulator.SceneTruth.Sound;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SceneTest {

  @TempDir static Path folder;
  private static SoundLibrary library;
  private static final Map<Long, SceneTruth> SCENES = new TreeMap<>();

  @BeforeAll
  static void record() throws IOException {
    library = Recordings.library(folder);
    for (long seed = 1; seed <= 25; seed++) {
      SCENES.put(seed, Scene.compose(SceneSettings.demo(seed), library));
    }
  }

  static Stream<SceneTruth> scenes() {
    return SCENES.values().stream();
  }

  @Test
  void aSceneIsAFunctionOfItsSeed() throws IOException {
    assertThat(Scene.compose(SceneSettings.demo(7), library)).isEqualTo(SCENES.get(7L));
    assertThat(SCENES.get(8L)).isNotEqualTo(SCENES.get(7L));
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void aTruePairIsAGlassAndACrySecondsLaterAndMetresAway(SceneTruth scene) {
    assertThat(scene.distress()).hasSize(6);
    for (SceneTruth.Distress pair : scene.distress()) {
      List<Sound> sounds = incident(scene, pair.incident());
      assertThat(sounds).extracting(Sound::role).containsExactly(Role.GLASS, Role.CRY);
      assertThat(sounds.get(1).atSeconds() - sounds.get(0).atSeconds()).isBetween(1.0, 6.0);
      assertThat(metres(sounds.get(0), sounds.get(1))).isLessThan(30);
      assertThat(pair.startsAtSeconds()).isEqualTo(sounds.get(0).atSeconds());
      assertThat(pair.cryAtSeconds()).isEqualTo(sounds.get(1).atSeconds());
      assertThat(pair.latitudeDegrees()).isEqualTo(sounds.get(0).latitudeDegrees());
      assertThat(pair.longitudeDegrees()).isEqualTo(sounds.get(0).longitudeDegrees());
    }
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void aDecoyIsWhatItsNameSays(SceneTruth scene) {
    for (String number : List.of("1", "2")) {
      assertThat(roles(scene, "decoy-glass-" + number)).containsExactly(Role.GLASS);
      assertThat(roles(scene, "decoy-cry-" + number)).containsExactly(Role.CRY);
      assertThat(roles(scene, "decoy-speech-" + number)).containsExactly(Role.SPEECH);
      List<Sound> far = incident(scene, "decoy-far-" + number);
      assertThat(far).extracting(Sound::role).containsExactly(Role.GLASS, Role.CRY);
      assertThat(far.get(1).atSeconds() - far.get(0).atSeconds()).isBetween(1.0, 6.0);
      assertThat(metres(far.get(0), far.get(1))).isGreaterThan(950);
    }
    List<Sound> late =
        List.of(
            incident(scene, "decoy-late-glass").get(0), incident(scene, "decoy-late-cry").get(0));
    assertThat(late).extracting(Sound::role).containsExactly(Role.GLASS, Role.CRY);
    assertThat(metres(late.get(0), late.get(1))).isZero();
    assertThat(late.get(1).atSeconds() - late.get(0).atSeconds()).isGreaterThan(60);
  }

  @Test
  void aDecoyWithoutARecordingIsSilent() {
    assertThat(incident(SCENES.get(1L), "decoy-dog-1")).isEmpty();
    assertThat(incident(SCENES.get(1L), "decoy-siren-1")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void nothingButATruePairIsAGlassAndACryWithinTenSecondsAndSixtyMetres(SceneTruth scene) {
    Set<String> pairs =
        scene.distress().stream().map(SceneTruth.Distress::incident).collect(Collectors.toSet());
    for (Sound glass : only(scene, Role.GLASS)) {
      for (Sound cry : only(scene, Role.CRY)) {
        boolean pair = glass.incident().equals(cry.incident()) && pairs.contains(glass.incident());
        if (!pair && Math.abs(cry.atSeconds() - glass.atSeconds()) <= 10) {
          assertThat(metres(glass, cry)).as("%s and %s", glass, cry).isGreaterThan(60);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void incidentsNeverOverlap(SceneTruth scene) throws IOException {
    SceneRenderer.Clips clips = new SceneRenderer.Clips();
    Map<String, double[]> spans = new TreeMap<>();
    for (Sound sound : scene.sounds()) {
      int samples = clips.active(Path.of(sound.file()), Recordings.RATE).length;
      double end = sound.atSeconds() + (double) samples / Recordings.RATE;
      spans.merge(
          sound.incident(),
          new double[] {sound.atSeconds(), end},
          (a, b) -> new double[] {Math.min(a[0], b[0]), Math.max(a[1], b[1])});
    }
    List<double[]> inTurn = new ArrayList<>(spans.values());
    inTurn.sort(Comparator.comparingDouble(span -> span[0]));
    assertThat(inTurn).hasSizeGreaterThan(12);
    assertThat(inTurn.get(0)[0]).isPositive();
    for (int i = 1; i < inTurn.size(); i++) {
      assertThat(inTurn.get(i)[0]).isGreaterThan(inTurn.get(i - 1)[1]);
    }
    assertThat(inTurn.get(inTurn.size() - 1)[1]).isLessThan(scene.durationSeconds());
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void sensorsCoverAboutASquareKilometre(SceneTruth scene) {
    assertThat(scene.sensors()).hasSizeGreaterThanOrEqualTo(12);
    assertThat(scene.sensors())
        .extracting(SceneTruth.SensorTruth::sensorId)
        .doesNotHaveDuplicates();
    double halfSpacing = 125;
    double east = extent(scene.sensors().stream().map(SceneTruth.SensorTruth::eastMetres).toList());
    double north =
        extent(scene.sensors().stream().map(SceneTruth.SensorTruth::northMetres).toList());
    assertThat((east + 2 * halfSpacing) * (north + 2 * halfSpacing)).isBetween(0.8e6, 1.4e6);
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void degreesAndMetresSayTheSamePlace(SceneTruth scene) {
    for (Sound sound : scene.sounds()) {
      // Lengths of a degree at 52.52 degrees north (series of the WGS 84 ellipsoid).
      double north = (sound.latitudeDegrees() - 52.5219) * 111_277;
      double east = (sound.longitudeDegrees() - 13.4132) * 67_876;
      assertThat(Math.hypot(east - sound.eastMetres(), north - sound.northMetres()))
          .as("metres between both for %s", sound)
          .isLessThan(1);
    }
  }

  @Test
  void aFolderWithoutRecordingsIsNamed(@TempDir Path empty) throws IOException {
    SoundLibrary nothing = new SoundLibrary(List.of(empty), Set.of());
    assertThatThrownBy(() -> Scene.compose(SceneSettings.demo(1), nothing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a scene wants breaking glass and cries; there are no recordings from " + empty);
  }

  @Test
  void aLibraryWithoutACryIsRefusedWithWhatItHas(@TempDir Path glassOnly) throws IOException {
    Files.copy(folder.resolve("breakglass1.wav"), glassOnly.resolve("breakglass1.wav"));
    SoundLibrary glasses = new SoundLibrary(List.of(glassOnly), Set.of());
    assertThatThrownBy(() -> Scene.compose(SceneSettings.demo(1), glasses))
        .hasMessageContaining("there are glass 1 recordings from " + glassOnly);
  }

  @Test
  void aCryTooShortToRecogniseIsNotPlayedWhereThereAreLongerOnes(@TempDir Path more)
      throws IOException {
    Recordings.library(more);
    Path short1 = Recordings.wav(more.resolve("malehurt1.wav"), Recordings.noise(9, 0.2));
    SoundLibrary withShort = new SoundLibrary(List.of(more), Set.of());
    assertThat(withShort.recordings(Role.CRY)).hasSize(3);
    for (long seed : LongStream.rangeClosed(1, 5).toArray()) {
      assertThat(Scene.compose(SceneSettings.demo(seed), withShort).sounds())
          .extracting(Sound::file)
          .doesNotContain(short1.toString());
    }
  }

  private static List<Sound> incident(SceneTruth scene, String name) {
    return scene.sounds().stream().filter(s -> s.incident().equals(name)).toList();
  }

  private static List<Sound> only(SceneTruth scene, Role role) {
    return scene.sounds().stream().filter(s -> s.role() == role).toList();
  }

  private static List<Role> roles(SceneTruth scene, String incident) {
    return incident(scene, incident).stream().map(Sound::role).toList();
  }

  private static double metres(Sound a, Sound b) {
    return Math.hypot(a.eastMetres() - b.eastMetres(), a.northMetres() - b.northMetres());
  }

  private static double extent(List<Double> places) {
    return places.stream().max(Double::compare).orElseThrow()
        - places.stream().min(Double::compare).orElseThrow();
  }
}
