package io.tocsin.scoring.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Isotonic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleRevisionTest {

  private static final JsonNode PROVENANCE = new ObjectMapper().createObjectNode().put("seed", 4);
  private static final List<LabelSpec> LABELS =
      List.of(
          new LabelSpec(
              "glass",
              new Isotonic(List.of(0.25, 0.5), List.of(0.125, 0.75)),
              0.5f,
              0.25f,
              2,
              3,
              0.01));

  @TempDir Path temporary;
  private ModelBundle base;

  @BeforeEach
  void base() throws IOException {
    TinyBundle.write(temporary.resolve("second"), "# another\n");
    base =
        ModelBundle.load(
            TinyBundle.write(
                temporary.resolve("base"),
                "secondOpinion: {bundle: ../second, band: {low: 0.2, high: 0.7}}\n"));
  }

  private BundleRevision revision(BundleRevision.@Nullable Head head) {
    return new BundleRevision(
        base,
        "mine",
        "8",
        "free",
        head,
        LABELS,
        Map.of("glass_breaking", "glass"),
        Map.of("manifest.csv", "sha256,file\n".getBytes(UTF_8)),
        PROVENANCE);
  }

  @Test
  void anotherReadingKeepsTheModel() {
    ModelBundle made = revision(null).write(temporary.resolve("deep/er/made"));
    assertThat(made.ref()).hasToString("mine@8");
    assertThat(made.licence()).isEqualTo("free");
    assertThat(made.labels()).isEqualTo(LABELS);
    assertThat(made.outputs()).isEqualTo(base.outputs());
    assertThat(made.indexLabels()).isEqualTo(Map.of("glass_breaking", "glass"));
    assertThat(made.backboneDigest()).isEqualTo(base.backboneDigest());
    assertThat(made.headFile()).hasContent("head");
    assertThat(made.folder().resolve("manifest.csv")).hasContent("sha256,file\n");
    assertThat(BundleRevision.provenanceOf(made)).isEqualTo(PROVENANCE);
  }

  @Test
  void theSecondOpinionIsFoundFromTheNewFolderToo() {
    ModelBundle made = revision(null).write(temporary.resolve("deep/er/made"));
    assertThat(made.loadSecond()).get().extracting(ModelBundle::ref).hasToString("tiny@7");
  }

  @Test
  void anotherHeadTakesTheOldOnesPlace() {
    BundleRevision.Head head =
        new BundleRevision.Head("new".getBytes(UTF_8), "in", "out", List.of("glass", "siren"));
    ModelBundle made = revision(head).write(temporary.resolve("made"));
    assertThat(made.outputs()).containsExactly("glass", "siren");
    assertThat(made.headInput()).isEqualTo("in");
    assertThat(made.headOutput()).isEqualTo("out");
    assertThat(made.headFile()).hasContent("new");
  }

  @Test
  void theSameRevisionHasTheSameDigestWhereverItLies() throws IOException {
    ModelBundle one = revision(null).write(temporary.resolve("one"));
    ModelBundle two = revision(null).write(temporary.resolve("two"));
    assertThat(two.ref().digest()).isEqualTo(one.ref().digest());
    assertThat(Files.readString(one.folder().resolve("bundle.yaml")))
        .doesNotContain(temporary.toString());
  }

  @Test
  void aBundleDoesNotReplaceItself() {
    assertThatThrownBy(() -> revision(null).write(temporary.resolve("x/../base")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("cannot replace itself");
    assertThat(ModelBundle.load(temporary.resolve("base")).ref()).isEqualTo(base.ref());
  }
}
