package io.tocsin.scoring.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelBundleTest {

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void aSoundBundle() {
    folder = TinyBundle.write(temporary.resolve("bundle"), "");
  }

  @Test
  void aSoundBundleLoadsWithoutWhatMayBeLeftOut() {
    ModelBundle bundle = ModelBundle.load(folder);
    assertThat(bundle.ref().toString()).isEqualTo("tiny@7");
    assertThat(bundle.ref().digest()).matches("[0-9a-f]{64}");
    assertThat(bundle.labels()).extracting(LabelSpec::name).containsExactly("glass", "cry");
    assertThat(bundle.labels()).extracting(LabelSpec::minimumWindows).containsExactly(1, 2);
    assertThat(bundle.labels().get(0).falsePositiveRate()).isNull();
    assertThat(bundle.indexLabels()).isEmpty();
  }

  @Test
  void theDigestFollowsTheFilesContents() throws IOException {
    String before = ModelBundle.load(folder).ref().digest();
    assertThat(TinyBundle.in(temporary.resolve("copy")).ref().digest()).isEqualTo(before);
    Files.writeString(folder.resolve("head.onnx"), "HEAD");
    edit("head.onnx: [0-9a-f]{64}", "head.onnx: " + Digests.sha256(folder.resolve("head.onnx")));
    assertThat(ModelBundle.load(folder).ref().digest()).isNotEqualTo(before);
  }

  @Test
  void theDigestFollowsTheManifestToo() throws IOException {
    String before = ModelBundle.load(folder).ref().digest();
    edit("onThreshold: 0.6", "onThreshold: 0.7");
    assertThat(ModelBundle.load(folder).ref().digest()).isNotEqualTo(before);
    edit("onThreshold: 0.7", "onThreshold: 0.6");
    assertThat(ModelBundle.load(folder).ref().digest()).isEqualTo(before);
  }

  @Test
  void aSecondOpinionIsFoundBesideTheBundle() throws IOException {
    says("bundle: ../other, band: {low: 0.2, high: 0.7}, sample: 0.01");
    Path other = TinyBundle.write(temporary.resolve("other"), "# another\n");
    ModelBundle bundle = ModelBundle.load(folder);
    assertThat(bundle.secondOpinion()).contains(new SecondOpinionSpec(other, 0.2, 0.7, 0.01));
    assertThat(bundle.loadSecond()).get().extracting(ModelBundle::folder).isEqualTo(other);
  }

  @Test
  void aBundleIsNotItsOwnSecondOpinion() throws IOException {
    says("bundle: ., band: {low: 0.2, high: 0.7}, sample: 0.01");
    ModelBundle bundle = ModelBundle.load(folder);
    assertThatThrownBy(bundle::loadSecond)
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("its second opinion is itself");
  }

  @Test
  void aSecondOpinionWithNoLabelInCommonIsRefused() throws IOException {
    says("bundle: ../other, band: {low: 0.2, high: 0.7}");
    Path other = TinyBundle.write(temporary.resolve("other"), "");
    Path yaml = other.resolve(ModelBundle.MANIFEST);
    Files.writeString(
        yaml, Files.readString(yaml).replace("glass", "siren").replace("cry", "horn"));
    ModelBundle bundle = ModelBundle.load(folder);
    assertThatThrownBy(bundle::loadSecond)
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("it knows [glass, cry]")
        .hasMessageContaining("knows [siren, horn]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "band: {low: 0.2, high: 0.7} | it does not say 'secondOpinion.bundle'",
        "bundle: x | it does not say 'secondOpinion.band'",
        "bundle: x, band: {low: 0.8, high: 0.7} | secondOpinion.band is 0.8 to 0.7",
        "bundle: x, band: {low: 0.2, high: 1.7} | secondOpinion.band is 0.2 to 1.7",
        "bundle: x, band: {low: 0, high: 1}, sample: 2 | secondOpinion.sample is 2.0",
      })
  void aSecondOpinionThatMakesNoSenseIsRefused(String said, String message) throws IOException {
    says(said);
    assertRefused(message);
  }

  private void says(String secondOpinion) throws IOException {
    Path yaml = folder.resolve(ModelBundle.MANIFEST);
    Files.writeString(yaml, Files.readString(yaml) + "secondOpinion: {" + secondOpinion + "}\n");
  }

  @Test
  void aFolderThatIsNoBundleIsRefusedWithTheVerbThatMakesOne() {
    assertThatThrownBy(() -> ModelBundle.load(temporary))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(temporary + " is no model bundle")
        .hasMessageContaining("tocsin bundle make");
  }

  @Test
  void aChangedFileIsRefusedWithBothDigests() throws IOException {
    String declared = Digests.sha256(folder.resolve("head.onnx"));
    Files.writeString(folder.resolve("head.onnx"), "tampered");
    assertRefused(
        "tiny@7",
        "sha256 of head.onnx is " + Digests.sha256(folder.resolve("head.onnx")),
        "bundle.yaml says " + declared,
        "fetch it again");
  }

  @Test
  void aMissingFileIsRefusedByName() throws IOException {
    Files.delete(folder.resolve("backbone.onnx"));
    assertRefused("tiny@7", "backbone.onnx is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "format: 1 | format: 2 | format is 2, this build reads 1",
        "kind: waveform | kind: mel | input kind is 'mel'",
        "hopSamples: 50 | hopSamples: 101 | window 100, hop 101",
        "hopSamples: 50 | hopSamples: 0 | hop 0",
        "sampleRateHertz: 1000 | sampleRateHertz: 0 | rate 0",
        "head: .file: head.onnx | head: {file: other.onnx | files lists no digest of other.onnx",
        "name: cry | name: sob | label sob is no output of the head",
        "offThreshold: 0.3 | offThreshold: 0.7 | label glass has onThreshold 0.6 and offThreshold",
        "onThreshold: 0.6 | onThreshold: 1.5 | label glass has onThreshold 1.5",
        "offThreshold: 0.3 | offThreshold: 0 | 0 < off <= on <= 1",
        "kind: platt | kind: beta | calibration kind is 'beta'; platt and isotonic are known",
        "kind: platt | kind: isotonic | it does not say 'calibration.scores'",
        "licence: none | license: none | it does not say 'licence'",
        "id: tiny | id: | bundle.yaml cannot be used: it does not say 'id'",
        "embedding: embeddings | embedding: | it does not say 'backbone.embedding'",
        "a: 1, | '' | calibration has a 0.0",
        "kind: waveform, | kind: waveform, colour: blue, | colour",
        "format: 1 | format: [ | bundle.yaml cannot be used",
      })
  void aManifestThatMakesNoSenseIsRefused(String pattern, String replacement, String message)
      throws IOException {
    edit(pattern, replacement);
    assertRefused(message);
  }

  @Test
  void plattScalingIsTheLogisticOfScaledLogOdds() {
    LabelSpec.Calibration identity = new LabelSpec.Calibration.Platt(1, 0);
    assertThat(identity.probability(0.3)).isCloseTo(0.3, within(1e-12));
    // By hand: odds 0.8/0.2 = 4; 4² = 16; 16/17.
    LabelSpec.Calibration squaredOdds = new LabelSpec.Calibration.Platt(2, 0);
    assertThat(squaredOdds.probability(0.8)).isCloseTo(16.0 / 17, within(1e-12));
    assertThat(squaredOdds.probability(0)).isBetween(0.0, 1e-6);
    assertThat(squaredOdds.probability(1)).isBetween(1 - 1e-6, 1.0);
  }

  @Test
  void anIsotonicMapRunsStraightFromPointToPoint() throws IOException {
    edit(
        "calibration: .kind: platt, a: 1, b: 0.",
        "calibration: {kind: isotonic, scores: [0.2, 0.6, 0.8], probabilities: [0.1, 0.3, 0.9]}");
    LabelSpec.Calibration map = ModelBundle.load(folder).labels().get(0).calibration();
    assertThat(map.probability(0)).isEqualTo(0.1);
    assertThat(map.probability(0.2)).isEqualTo(0.1);
    assertThat(map.probability(0.3)).isCloseTo(0.15, within(1e-12));
    assertThat(map.probability(0.7)).isCloseTo(0.6, within(1e-12));
    assertThat(map.probability(0.8)).isEqualTo(0.9);
    assertThat(map.probability(1)).isEqualTo(0.9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0.2, 0.1] | [0.1, 0.2] | ascending scores",
        "[0.2, 0.3] | [0.2, 0.1] | never falling",
        "[0.2, 0.3] | [0.2, 1.1] | from 0 to 1",
        "[0.2, 0.3] | [0.2] | 2 scores and 1 probabilities",
        "[] | [] | one at least",
      })
  void anIsotonicMapThatMakesNoSenseIsRefused(String scores, String probabilities, String message)
      throws IOException {
    edit(
        "kind: platt, a: 1, b: 0",
        "kind: isotonic, scores: " + scores + ", probabilities: " + probabilities);
    assertRefused(message);
  }

  @Test
  void aHeadGoesWithNoOtherBackboneThanItsOwn() throws IOException {
    Path head = temporary.resolve("head");
    Files.createDirectories(head);
    Path backbone = Files.writeString(temporary.resolve("wave.onnx"), "backbone");
    Files.writeString(head.resolve("head.onnx"), "head");
    Files.writeString(head.resolve("manifest.csv"), "clip\n");
    Files.writeString(
        head.resolve("head.yaml"),
        """
        backboneSha256: %s
        file: head.onnx
        input: embedding
        output: probabilities
        outputs: [glass, background]
        labels:
          - {name: glass, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.3}
        indexLabels: {}
        provenance: {seed: 1}
        """
            .formatted(Digests.sha256(backbone)));
    Path made = BundleAssembly.resolve(backbone, head, temporary.resolve("cache"));
    assertThat(ModelBundle.load(made).outputs()).containsExactly("glass", "background");
    assertThat(BundleAssembly.resolve(made, head, temporary)).isEqualTo(made);

    Path other = Files.writeString(temporary.resolve("other.onnx"), "another backbone");
    assertThatThrownBy(() -> BundleAssembly.make(other, head, temporary.resolve("out")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(Digests.sha256(backbone))
        .hasMessageContaining(Digests.sha256(other))
        .hasMessageContaining("train a head");
    assertThat(temporary.resolve("out")).doesNotExist();
  }

  private void edit(String pattern, String replacement) throws IOException {
    Path yaml = folder.resolve(ModelBundle.MANIFEST);
    String before = Files.readString(yaml);
    String after = before.replaceFirst(pattern, replacement);
    assertThat(after).as("the edit applies").isNotEqualTo(before);
    Files.writeString(yaml, after);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> ModelBundle.load(folder))
        .isInstanceOf(BundleException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }
}
