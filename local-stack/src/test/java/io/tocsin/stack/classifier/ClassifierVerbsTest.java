package io.tocsin.stack.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Isotonic;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.Tocsin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The verbs as a user types them, on tones that a small real model hears. */
class ClassifierVerbsTest {

  @TempDir Path temporary;
  private ModelBundle bundle;
  private Path index;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void tones() throws IOException {
    bundle = ToneBundle.in(temporary.resolve("tones"));
    index = ToneBundle.index(temporary.resolve("clips"));
  }

  @Test
  void evaluateJudgesEachLabelByTheBestWindowOfAClip() throws IOException {
    JsonNode report = evaluated("--slices=licence", "--snr=20");
    assertThat(report.path("bundle").asText()).isEqualTo("tones@1");
    JsonNode alarm = report.path("labels").path("alarm");
    assertThat(alarm.path("n").asInt()).isEqualTo(12);
    assertThat(alarm.path("groups").asInt()).isEqualTo(6);
    assertThat(alarm.path("negatives").asInt()).isEqualTo(22);
    assertThat(alarm.path("auc").asDouble()).isEqualTo(1);
    assertThat(alarm.path("averagePrecision").asDouble()).isEqualTo(1);
    assertThat(alarm.path("recallAt1pctFpr").asDouble()).isEqualTo(1);
    assertThat(alarm.path("recallAt01pctFpr").asDouble()).isEqualTo(1);
    assertThat(alarm.path("interval")).hasSize(2);
    assertThat(alarm.path("threshold").asDouble()).isPositive();
    assertThat(alarm.path("hardestConfusions").path(0).path("label").asText())
        .isIn("beep_low", "rain");
    JsonNode licences = report.path("slices").path("licence");
    assertThat(licences.path("CC0").path("alarm").path("n").asInt()).isEqualTo(12);
    assertThat(licences.path("CC-BY").path("alarm").path("n").asInt()).isZero();
    assertThat(licences.path("CC-BY").path("alarm").path("falsePositiveRateOfSlice").asDouble())
        .isZero();
    assertThat(
            report
                .path("slices")
                .path("mixtureSnr")
                .path("20")
                .path("alarm")
                .path("auc")
                .asDouble())
        .isGreaterThan(0.9);
    assertThat(report.path("clipsTrainedOn").isNull()).isTrue();
  }

  @Test
  void aTrainedHeadHearsItsLabelsInSourcesThatItHasNotSeen() throws IOException {
    JsonNode report = trained("first");
    for (String label : List.of("alarm", "hum")) {
      assertThat(report.path("labels").path(label).path("n").asInt()).as(label).isEqualTo(12);
      assertThat(report.path("labels").path(label).path("auc").asDouble())
          .as(label)
          .isGreaterThan(0.99);
    }
    ModelBundle made = ModelBundle.load(temporary.resolve("first"));
    assertThat(made.outputs()).containsExactly("alarm", "hum");
    assertThat(made.ref()).hasToString("mine@3");
    assertThat(made.indexLabels())
        .containsEntry("beep_high", "alarm")
        .containsEntry("beep_low", "hum");
    assertThat(made.backboneDigest()).isEqualTo(bundle.backboneDigest());
    assertThat(Files.readString(temporary.resolve("first/manifest.csv")))
        .startsWith("sha256,file,label,source,source_url,author,licence,source_group\n")
        .contains(",high00.wav,beep_high,,,,CC0,h0");
    String yaml = Files.readString(temporary.resolve("first/bundle.yaml"));
    assertThat(yaml).contains("tocsin train-head", "by a test", bundle.ref().digest());
  }

  @Test
  void theSameCommandMakesTheSameBundle() throws IOException {
    assertThat(trained("second").path("digest")).isEqualTo(trained("third").path("digest"));
  }

  @Test
  void whatABundleWasTrainedOnIsJudgedApartAndLeftOutOnDemand() throws IOException {
    trained("known");
    List<String> lines = new ArrayList<>(Files.readAllLines(index));
    for (int i = 0; i < 2; i++) {
      Files.copy(
          index.resolveSibling("high00.wav"), index.resolveSibling("new" + i + "high00.wav"));
      // The same bytes are the same clip, whatever they are called.
      lines.add("new" + i + "high00.wav,beep_high,x" + i + ",CC0,1");
      ToneBundle.wave(index.resolveSibling("own" + i + ".wav"), new float[4_000]);
      lines.add("own" + i + ".wav,rain,y" + i + ",CC0,1");
    }
    Files.write(index, lines);
    JsonNode report = evaluated(temporary.resolve("known"));
    assertThat(report.path("clips").asInt()).isEqualTo(38);
    assertThat(report.path("clipsTrainedOn").asInt()).isEqualTo(36);
    JsonNode no = report.path("slices").path("trainedOn").path("no").path("alarm");
    assertThat(no.path("n").asInt()).isZero();
    assertThat(no.path("negatives").asInt()).isEqualTo(2);
    assertThat(no.path("reason").asText()).isEqualTo("no clip of this label");
    JsonNode heldOut = evaluated(temporary.resolve("known"), "--held-out");
    assertThat(heldOut.path("clips").asInt()).isEqualTo(2);
  }

  @Test
  void twoBundlesAreJudgedSideBySide() throws IOException {
    trained("other");
    JsonNode reports =
        evaluated(Path.of(temporary.resolve("tones") + "," + temporary.resolve("other")));
    assertThat(reports).hasSize(2);
    assertThat(reports.path(0).path("bundle").asText()).isEqualTo("tones@1");
    assertThat(reports.path(1).path("bundle").asText()).isEqualTo("mine@3");
    assertThat(reports.path(1).path("labels").has("hum")).isTrue();
  }

  @Test
  void aTableIsPrintedForPeople() {
    assertThat(
            run(
                "evaluate",
                "classifier",
                "--index=" + index,
                "--bundle=" + temporary.resolve("tones")))
        .isZero();
    assertThat(out.toString())
        .contains("recall at 1 % FPR", "tones@1", "alarm", "12 (6)", "1.000 [1.00, 1.00]");
  }

  @Test
  void calibratingMakesABundleThatTheJobLoads() throws IOException {
    assertThat(
            run(
                "calibrate",
                "--index=" + index,
                "--bundle=" + temporary.resolve("tones"),
                "--out=" + temporary.resolve("calibrated"),
                "--kind=isotonic",
                "--false-positive-rate=0.05",
                "--json"))
        .isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    ModelBundle made = ModelBundle.load(temporary.resolve("calibrated"));
    assertThat(made.ref().version()).isEqualTo("1-calibrated");
    assertThat(made.ref().digest()).isEqualTo(report.path("digest").asText());
    var alarm = made.labels().get(0);
    assertThat(alarm.calibration()).isInstanceOf(Isotonic.class);
    // Twelve of twelve and none of twenty-two, in Platt's targets.
    assertThat(alarm.calibration().probability(1)).isCloseTo(13.0 / 14, within(1e-9));
    assertThat(alarm.calibration().probability(0)).isCloseTo(1.0 / 24, within(1e-9));
    assertThat(alarm.falsePositiveRate()).isEqualTo(0.05);
    assertThat(alarm.offThreshold() / alarm.onThreshold()).isCloseTo(0.5f, within(1e-5f));
    JsonNode said = report.path("labels").path("alarm");
    assertThat(said.path("recallOfClips").asDouble()).isEqualTo(1);
    assertThat(said.path("calibrationErrorCrossFitted").asDouble())
        .isLessThan(said.path("calibrationErrorBefore").asDouble());
    assertThat(Files.readString(temporary.resolve("calibrated/bundle.yaml")))
        .contains("tocsin calibrate", "by a test");
  }

  @Test
  void aLabelWithoutClipsKeepsItsCalibrationAndSaysWhy() throws IOException {
    only("rain");
    assertThat(
            run(
                "calibrate",
                "--index=" + index,
                "--bundle=" + temporary.resolve("tones"),
                "--out=" + temporary.resolve("calibrated"),
                "--json"))
        .isZero();
    JsonNode alarm = new ObjectMapper().readTree(out.toString()).path("labels").path("alarm");
    assertThat(alarm.path("calibration").asText()).isEqualTo("as it was");
    assertThat(alarm.path("reason").asText()).contains("0 positives and 10 negatives");
    assertThat(ModelBundle.load(temporary.resolve("calibrated")).labels().get(0).calibration())
        .isEqualTo(bundle.labels().get(0).calibration());
  }

  @Test
  void aLinearClassifierIsJudgedByTheIndexesOwnFolds() throws IOException {
    JsonNode probe = evaluated("--folds=fold").path("linearClassifier");
    assertThat(probe.path("n").asInt()).isEqualTo(34);
    assertThat(probe.path("labels").asInt()).isEqualTo(3);
    assertThat(probe.path("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(probe.path("folds")).hasSize(3);
    assertThat(probe.path("sourcesInSeveralFolds").asInt()).isZero();
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndTheOthersAreJudged() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(index));
    lines.add("nowhere.wav,rain,z1,CC0,1");
    lines.add("broken.flac,rain,z2,CC0,1");
    Files.write(index, lines);
    Files.writeString(index.resolveSibling("broken.flac"), "fLaC and nothing else");
    assertThat(
            run(
                "evaluate",
                "classifier",
                "--index=" + index,
                "--bundle=" + temporary.resolve("tones"),
                "--json"))
        .isEqualTo(1);
    assertThat(err.toString())
        .contains(index.resolveSibling("nowhere.wav") + ": there is no such file", "broken.flac");
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("unread")).hasSize(2);
    assertThat(report.path("clips").asInt()).isEqualTo(34);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "file,label | a.wav,rain | [file, label, source_group] are wanted",
        "file,label,source_group | a.wav,,g | clip 1 has no label",
        "file,label,source_group | | names no clip",
      })
  void anIndexThatMakesNoSenseIsRefused(String header, String line, String message)
      throws IOException {
    Files.writeString(index, header + "\n" + (line == null ? "" : line + "\n"));
    assertRefused(message, "evaluate", "classifier", "--bundle=" + temporary.resolve("tones"));
  }

  @Test
  void whatCannotBeLearntIsSaid() throws IOException {
    String base = "--bundle=" + temporary.resolve("tones");
    String made = "--out=" + temporary.resolve("made");
    assertRefused("40 folds", "train-head", base, made, "--folds=40");
    assertRefused("ID@VERSION", "train-head", base, made, "--as=mine");
    assertRefused("--rate names sob", "train-head", base, made, "--rate=sob=0.1");
    assertRefused("cannot replace itself", "train-head", base, "--out=" + bundle.folder());
    assertRefused(
        "no clip is labelled [storm]", "evaluate", "classifier", base, "--snr=3", "--beds=storm");
    assertRefused("none is left", "evaluate", "classifier", base, "--where=label=storm*");
    assertRefused(
        "what it was trained on is unknown", "evaluate", "classifier", base, "--held-out");
    only("rain");
    assertRefused("say what the index's labels are with --map", "train-head", base, made);
    Files.delete(index);
    assertRefused("there is no index at " + index, "calibrate", base, made);
    assertThat(temporary.resolve("made")).doesNotExist();
  }

  @Test
  void aLabelOfOneSourceIsTrainedButNotJudged() throws IOException {
    List<String> lines =
        Files.readAllLines(index).stream()
            .filter(l -> !l.startsWith("high") || l.startsWith("high0"))
            .toList();
    Files.write(index, lines);
    JsonNode report = trained("narrow");
    assertThat(report.path("foldsNotJudged")).hasSize(1);
    assertThat(report.path("foldsNotJudged").path(0).asText()).contains("label alarm has 0 of");
    assertThat(report.path("labels").path("alarm").path("reason").asText())
        .isEqualTo("no clip of this label");
    assertThat(ModelBundle.load(temporary.resolve("narrow")).outputs()).contains("alarm");
  }

  private void only(String label) throws IOException {
    List<String> lines = Files.readAllLines(index);
    Files.write(
        index,
        lines.stream()
            .filter(l -> l.startsWith("file,") || l.contains("," + label + ","))
            .toList());
  }

  private void assertRefused(String message, String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add("--index=" + index);
    assertThat(run(line.toArray(String[]::new))).isEqualTo(1);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  private JsonNode trained(String folder) throws IOException {
    int code =
        run(
            "train-head",
            "--index=" + index,
            "--bundle=" + temporary.resolve("tones"),
            "--out=" + temporary.resolve(folder),
            "--map=beep_low=hum",
            "--beds=rain",
            "--folds=3",
            "--as=mine@3",
            "--json");
    assertThat(code).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private JsonNode evaluated(String... more) throws IOException {
    return evaluated(temporary.resolve("tones"), more);
  }

  private JsonNode evaluated(Path bundles, String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of("evaluate", "classifier", "--index=" + index, "--bundle=" + bundles, "--json"));
    line.addAll(List.of(more));
    assertThat(run(line.toArray(String[]::new))).as(err.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private int run(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = Tocsin.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
