package io.tocsin.scoring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.onnx.TinyOnnx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The verbs as a user types them, with a model that hears glass in whatever is loud. */
class CommandLineTest {

  @TempDir Path temporary;
  private Path bundle;
  private Path clips;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void files() throws IOException {
    bundle =
        TinyBundle.write(
            temporary.resolve("bundle"),
            TinyOnnx.peakBackbone(),
            TinyOnnx.head("Softmax", 8, 0, -8));
    clips = Files.createDirectories(temporary.resolve("clips/deeper")).getParent();
    wave(clips.resolve("b-loud.wav"), true);
    wave(clips.resolve("deeper/quiet.WAV"), false);
    Files.writeString(clips.resolve("notes.txt"), "no sound");
  }

  @Test
  void aFileIsScoredWindowByWindow() {
    assertThat(score(clips.resolve("b-loud.wav").toString(), "--top", "2")).isZero();
    assertThat(out.toString().lines())
        .first()
        .asString()
        .endsWith("b-loud.wav  2.00 s, 39 windows, tiny@7");
    assertThat(out.toString().lines().filter(l -> l.contains("  window"))).hasSize(39);
    assertThat(out.toString().lines().filter(l -> l.contains("detection glass at 0.7"))).hasSize(1);
    assertThat(out.toString()).doesNotContain("cry");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aFolderGivesAnObjectALineForEachSoundFile() throws IOException {
    assertThat(score(clips.toString(), "--json")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode loud = new ObjectMapper().readTree(lines.get(0));
    assertThat(loud.path("file").asText()).endsWith("b-loud.wav");
    assertThat(loud.path("detections")).hasSize(1);
    assertThat(loud.path("detections").path(0).path("onsetSeconds").asDouble())
        .isCloseTo(0.7, within(0.005));
    JsonNode quiet = new ObjectMapper().readTree(lines.get(1));
    assertThat(quiet.path("file").asText()).endsWith("quiet.WAV");
    assertThat(quiet.path("detections")).isEmpty();
    assertThat(quiet.path("windows")).hasSize(39);
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndTheOthersGoOn() throws IOException {
    Path broken = Files.writeString(temporary.resolve("broken.wav"), "RIFF");
    Path none = temporary.resolve("none.wav");
    assertThat(
            score(
                none.toString(),
                broken.toString(),
                clips.resolve("b-loud.wav").toString(),
                "--top",
                "0"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains(none + ": there is no such file")
        .contains(broken.toString());
    assertThat(out.toString()).contains("detection glass at 0.7");
  }

  @Test
  void aFolderWithoutSoundIsAnError() throws IOException {
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertThat(score(empty.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(empty + " holds no file named");
  }

  @Test
  void aBundleThatWasTamperedWithScoresNothing() throws IOException {
    Files.writeString(bundle.resolve("head.onnx"), "tampered");
    assertThat(score(clips.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("sha256 of head.onnx").contains("fetch it again");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aWrongCommandLineSaysWhatIsWanted() {
    assertThat(score(clips.toString(), "--top", "-1")).isEqualTo(2);
    assertThat(err.toString()).contains("--top is -1; 0 or more is wanted");
    assertThat(run(new ScoreCommand(), clips.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--bundle");
    assertThat(run(new BundleCommand())).isEqualTo(2);
    assertThat(err.toString()).contains("say make or show");
  }

  @Test
  void aBundleIsMadeAndShown() throws IOException {
    Path backbone = bundle.resolve("backbone.onnx");
    Path head = head(Digests.sha256(backbone));
    Path made = temporary.resolve("made");
    String[] make = {"make", "--backbone", "" + backbone, "--head", "" + head, "--out", "" + made};
    assertThat(run(new BundleCommand(), make)).as(err.toString()).isZero();
    String shown = out.toString();
    assertThat(shown)
        .contains("bundle   yamnet-distress@1")
        .contains("waveform at 16000 Hz, windows of 15600 samples every 7800")
        .contains("outputs  glass, background")
        .contains("label    glass: on at 0.600, off below 0.300");
    out.getBuffer().setLength(0);
    assertThat(run(new BundleCommand(), "show", "" + made)).isZero();
    assertThat(out.toString()).isEqualTo(shown);
  }

  @Test
  void aHeadOfAnotherBackboneMakesNoBundle() throws IOException {
    Path head = head("0".repeat(64));
    Path made = temporary.resolve("made");
    assertThat(
            run(
                new BundleCommand(),
                "make",
                "--backbone",
                "" + bundle.resolve("backbone.onnx"),
                "--head",
                "" + head,
                "--out",
                "" + made))
        .isEqualTo(1);
    assertThat(err.toString()).contains("was trained on a backbone with sha256 000000");
    assertThat(made).doesNotExist();
  }

  private Path head(String backboneDigest) throws IOException {
    Path head = Files.createDirectories(temporary.resolve("head"));
    Files.write(head.resolve("head.onnx"), TinyOnnx.head("Sigmoid", 1, 2));
    Files.writeString(head.resolve("manifest.csv"), "clip\n");
    Files.writeString(
        head.resolve("head.yaml"),
        """
        backboneSha256: "%s"
        file: head.onnx
        input: embedding
        output: p
        outputs: [glass, background]
        labels:
          - {name: glass, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.3}
        """
            .formatted(backboneDigest));
    return head;
  }

  private int score(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--bundle";
    all[arguments.length + 1] = bundle.toString();
    return run(new ScoreCommand(), all);
  }

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  /** Two seconds at the tiny bundle's rate: faint noise, loud from 0.7 to 0.9 s where wanted. */
  private static void wave(Path file, boolean loud) throws IOException {
    Random random = new Random(5);
    byte[] bytes = new byte[2 * 2 * TinyBundle.RATE];
    for (int i = 0; i < bytes.length / 2; i++) {
      boolean burst = loud && i >= 0.7 * TinyBundle.RATE && i < 0.9 * TinyBundle.RATE;
      int sample =
          (int) Math.max(-32_768, Math.min(32_767, random.nextGaussian() * (burst ? 12_000 : 30)));
      bytes[2 * i] = (byte) sample;
      bytes[2 * i + 1] = (byte) (sample >> 8);
    }
    AudioFormat format = new AudioFormat(TinyBundle.RATE, 16, 1, true, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(bytes), format, bytes.length / 2),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }
}
