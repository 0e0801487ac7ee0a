package io.tocsin.scoring.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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
    assertThat(run(new BundleCommand())).isEqualTo(2);
    assertThat(err.toString()).contains("say make or show");
  }

  @Test
  void withoutABundleTheProjectsOwnIsUsed() {
    System.setProperty("tocsin.home", temporary.toString());
    try {
      assertThat(run(new ScoreCommand(), clips.toString())).isEqualTo(1);
      assertThat(err.toString()).contains(temporary.resolve("models/tocsin-student").toString());
    } finally {
      System.clearProperty("tocsin.home");
    }
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

  @Test
  void aBundleIsMadeWithASecondOpinionThatMovesAlong() throws IOException {
    Path pair = Files.createDirectories(temporary.resolve("pair"));
    Path second = pair.resolve("second");
    assertThat(run(new BundleCommand(), make(second))).as(err.toString()).isZero();
    Path yaml = second.resolve("bundle.yaml");
    Files.writeString(yaml, Files.readString(yaml).replace("yamnet-distress", "yamnet-careful"));
    out.getBuffer().setLength(0);

    String[] asked = {"--second-opinion", "" + second, "--band-low", "0.4", "--sample", "0"};
    assertThat(run(new BundleCommand(), make(pair.resolve("first"), asked)))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("second   yamnet-careful@1 in " + second)
        .contains("where the best score is 0.400 to 0.950, and 0.0 % of the others");

    Path moved = Files.move(pair, temporary.resolve("moved"));
    assertThat(run(new BundleCommand(), "show", moved.resolve("first").toString())).isZero();
    assertThat(out.toString()).contains("yamnet-careful@1 in " + moved.resolve("second"));
  }

  @Test
  void aSecondOpinionThatCannotBeHadIsNamed() throws IOException {
    Path made = temporary.resolve("made");
    assertThat(run(new BundleCommand(), make(made, "--second-opinion", "" + temporary)))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains("bundle yamnet-distress@1 has no second opinion")
        .contains(temporary + " is no model bundle");
    assertThat(
            run(
                new BundleCommand(),
                make(made, "--second-opinion", "" + bundle, "--band-low", "0.99")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("secondOpinion.band is 0.99 to 0.95");
  }

  @Test
  void aFileIsEmbeddedWindowByWindow() throws IOException {
    assertThat(embed(clips.resolve("b-loud.wav").toString(), "--json")).as(err + "").isZero();
    JsonNode file = new ObjectMapper().readTree(out.toString());
    assertThat(file.path("model").path("digest").asText()).matches("[0-9a-f]{64}");
    JsonNode windows = file.path("windows");
    assertThat(windows).hasSize(39);
    assertThat(windows.path(2).path("startSeconds").asDouble()).isEqualTo(0.1);
    // The tiny backbone's embedding is the window's peak; the burst is from 0.7 to 0.9 s.
    assertThat(windows.path(0).path("embedding")).hasSize(1);
    assertThat(windows.path(0).path("embedding").path(0).asDouble()).isBetween(0.0, 0.01);
    assertThat(windows.path(14).path("embedding").path(0).asDouble()).isBetween(0.3, 1.0);
    assertThat(windows.path(38).path("embedding").path(0).asDouble()).isBetween(0.0, 0.01);
  }

  @Test
  void aFolderIsEmbeddedIntoAMatrixWithARowForEachWindow() throws IOException {
    Path npy = temporary.resolve("embeddings.npy");
    assertThat(embed(clips.toString(), "--out", npy.toString())).as(err + "").isZero();
    byte[] bytes = Files.readAllBytes(npy);
    assertThat(bytes).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    assertThat(new String(bytes, 10, 118, US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (78, 1), }")
        .endsWith(" \n");
    assertThat(bytes).hasSize(128 + 78 * 4);
    ByteBuffer rows = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(rows.getFloat(128)).isBetween(0f, 0.01f);
    assertThat(rows.getFloat(128 + 14 * 4)).isBetween(0.3f, 1f);
    assertThat(out.toString()).contains("b-loud.wav  2.00 s, 39 windows, tiny@7");
    assertThat(out.toString()).contains("row 77").doesNotContain("row 78");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).as("no half-written file").noneMatch(f -> f.toString().contains("npy."));
    }
  }

  @Test
  void jsonAndAMatrixAreNotAskedForTogether() {
    assertThat(embed(clips.toString(), "--json", "--out", "e.npy")).isEqualTo(2);
    assertThat(err.toString()).contains("--json").contains("--out");
  }

  @Test
  void aFileThatCannotBeEmbeddedIsNamed() throws IOException {
    Path broken = Files.writeString(temporary.resolve("broken.wav"), "RIFF");
    assertThat(embed(broken.toString(), clips.resolve("b-loud.wav").toString())).isEqualTo(1);
    assertThat(err.toString()).contains(broken.toString());
    assertThat(out.toString()).contains("39 windows").contains("1 numbers of length");
    Path nowhere = temporary.resolve("none/e.npy");
    assertThat(embed(clips.toString(), "--out", nowhere.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(nowhere + " cannot be written");
  }

  private String[] make(Path made, String... more) throws IOException {
    Path backbone = bundle.resolve("backbone.onnx");
    Path head = head(Digests.sha256(backbone));
    String[] make = {"make", "--backbone", "" + backbone, "--head", "" + head, "--out", "" + made};
    return with(make, more);
  }

  private static String[] with(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
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
    return run(new ScoreCommand(), with(arguments, "--bundle", bundle.toString()));
  }

  private int embed(String... arguments) {
    return run(new EmbedCommand(), with(arguments, "--bundle", bundle.toString()));
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
