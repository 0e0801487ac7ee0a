package io.tocsin.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.simulator.SoundLibrary.Recording;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoundLibraryTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "breakglass2.wav, GLASS",
    "BreakGlass2.WAV, GLASS",
    "femscream1.wav, CRY",
    "civfemdeath1.wav, CRY",
    "malehurt2.flac, CRY",
    "vm-goodbye.wav, SPEECH",
    "conf-muted.wav, SPEECH",
    "rain.wav, BACKGROUND",
  })
  void aFilesNameTellsItsRole(String name, Role role) throws IOException {
    Files.createFile(folder.resolve(name));
    SoundLibrary library = new SoundLibrary(List.of(folder), Set.of());
    for (Role each : Role.values()) {
      assertThat(library.recordings(each)).hasSize(each == role ? 1 : 0);
    }
  }

  @Test
  void otherFilesHaveNoRole() throws IOException {
    for (String name : List.of("breakglass.txt", "door.wav", "LICENSE")) {
      Files.createFile(folder.resolve(name));
    }
    assertThat(new SoundLibrary(List.of(folder), Set.of()).summary())
        .isEqualTo("no recordings from " + folder);
  }

  @Test
  void anIndexTellsRolesByLabelAndEachFileOnce() throws IOException {
    index(
        "file,fold,label",
        "a.wav,1,glass_breaking",
        "\"b, c.wav\",2,shout_scream",
        "d.wav,3,dog",
        "e.wav,3,siren",
        "f.wav,3,laughing",
        "g.wav,4,rain",
        "h.wav,4,airplane",
        "a.wav,5,glass_breaking");
    SoundLibrary library = new SoundLibrary(List.of(folder), Set.of());
    assertThat(library.recordings(Role.GLASS))
        .containsExactly(
            new Recording(folder.resolve("a.wav"), "glass_breaking", Role.GLASS, false));
    assertThat(library.recordings(Role.CRY))
        .extracting(Recording::file)
        .containsExactly(folder.resolve("b, c.wav"));
    for (Role role : Role.values()) {
      assertThat(library.recordings(role)).hasSize(1);
    }
  }

  @Test
  void whatTheModelWasTrainedOnIsLeftOutByItsDigest() throws Exception {
    Path known = Recordings.wav(folder.resolve("breakglass1.wav"), Recordings.noise(1, 0.1));
    Path fresh = Recordings.wav(folder.resolve("breakglass2.wav"), Recordings.noise(2, 0.1));
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(known)));
    assertThat(files(new SoundLibrary(List.of(folder), Set.of()))).containsExactly(known, fresh);
    assertThat(files(new SoundLibrary(List.of(folder), Set.of(digest)))).containsExactly(fresh);

    Files.delete(fresh);
    assertThat(files(new SoundLibrary(List.of(folder), Set.of(digest))))
        .as("rather what is known than nothing")
        .containsExactly(known);
  }

  @Test
  void anIndexSaysDigestsItself() throws IOException {
    index("file,label,sha256", "a.wav,glass_shatter,aa", "b.wav,glass_shatter,bb");
    assertThat(files(new SoundLibrary(List.of(folder), Set.of("aa"))))
        .containsExactly(folder.resolve("b.wav"));
  }

  @Test
  void severalFoldersAddUp(@TempDir Path other) throws IOException {
    Path here = Files.createFile(folder.resolve("breakglass1.wav"));
    Path there = Files.createFile(other.resolve("breakglass1.wav"));
    SoundLibrary library = new SoundLibrary(List.of(folder, other), Set.of());
    assertThat(files(library)).containsExactly(here, there);
    assertThat(library.summary()).isEqualTo("glass 2 recordings from " + folder + ", " + other);
  }

  @Test
  void anIndexWithoutAColumnIsNamedWithTheColumn() throws IOException {
    index("path,label", "a.wav,dog");
    assertThatThrownBy(() -> new SoundLibrary(List.of(folder), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(folder.resolve("index.csv") + " has no column 'file': [path, label]");
  }

  @Test
  void anEmptyIndexIsNamed() throws IOException {
    index();
    assertThatThrownBy(() -> new SoundLibrary(List.of(folder), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder.resolve("index.csv") + " has no column 'file'");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> new SoundLibrary(List.of(nowhere), Set.of()))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(nowhere.toString());
  }

  @Test
  void theActivePartIsWhatSoundsWithItsPeakAtOne() throws IOException {
    float[] recorded = new float[2 * Recordings.RATE];
    float[] sounding = Recordings.tone(400, 0.5);
    int from = Recordings.RATE;
    for (int i = 0; i < sounding.length; i++) {
      recorded[from + i] = sounding[i] / 5;
    }
    Path file = Recordings.flac(folder.resolve("femscream1.flac"), recorded);
    float[] active =
        SoundLibrary.activePart(new Recording(file, "cry", Role.CRY, false), Recordings.RATE);
    assertThat(active).hasSize(sounding.length);
    float peak = 0;
    for (float sample : active) {
      peak = Math.max(peak, Math.abs(sample));
    }
    assertThat(peak).isEqualTo(1);
  }

  private static List<Path> files(SoundLibrary library) {
    return library.recordings(Role.GLASS).stream().map(Recording::file).toList();
  }

  private void index(String... lines) throws IOException {
    Files.write(folder.resolve("index.csv"), List.of(lines));
  }
}
