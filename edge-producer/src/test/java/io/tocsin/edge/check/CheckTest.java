package io.tocsin.edge.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.edge.spool.SpoolSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {

  private static final int RATE = 16_000;

  private static List<Finding> heard(IntUnaryOperator sample) {
    short[] samples = new short[RATE];
    for (int i = 0; i < RATE; i++) {
      samples[i] = (short) Math.max(-32_768, Math.min(32_767, sample.applyAsInt(i)));
    }
    return SourceLevels.of(samples, RATE).findings();
  }

  private static int tone(int i, double amplitude) {
    return (int) Math.round(amplitude * Math.sin(2 * Math.PI * 440 * i / RATE));
  }

  @Test
  void aHealthySourceIsSaidToBeSoWithItsLevels() {
    assertThat(heard(i -> tone(i, 3_276.8)))
        .containsExactly(Finding.fine("source", "1.0 s heard, level -23.0 dBFS, peak -20.0 dBFS"));
  }

  @Test
  void silenceFaintnessClippingAndOffsetAreToldApart() {
    assertThat(SourceLevels.of(new short[0], RATE).findings())
        .singleElement()
        .satisfies(f -> assertThat(f.words()).contains("delivers nothing"));
    assertThat(heard(i -> 0))
        .singleElement()
        .satisfies(f -> assertThat(f.line()).startsWith("WRONG").contains("silent"));
    assertThat(heard(i -> tone(i, 8)))
        .singleElement()
        .satisfies(f -> assertThat(f.words()).contains("very faint"));
    assertThat(heard(i -> tone(i, 60_000)))
        .extracting(Finding::words)
        .anyMatch(w -> w.contains("clips in 6"));
    assertThat(heard(i -> 1_000 + tone(i, 3_000)))
        .extracting(Finding::words)
        .anyMatch(w -> w.contains("DC offset of 3.1 %"));
    assertThat(heard(i -> 5_000)).extracting(Finding::words).anyMatch(w -> w.contains("silent"));
  }

  @Test
  void aSpoolFolderIsWellOrSaysWhyNot(@TempDir Path folder) throws Exception {
    assertThat(SpoolFolder.findings(SpoolSettings.in(folder.resolve("spool")), 32_000))
        .first()
        .isEqualTo(
            Finding.fine(
                "spool", folder.resolve("spool") + " can be written; 0 frames wait, 0 MiB"));
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(SpoolFolder.findings(SpoolSettings.in(file.resolve("spool")), 32_000))
        .singleElement()
        .satisfies(f -> assertThat(f.line()).startsWith("WRONG").contains("cannot be written"));
  }
}
