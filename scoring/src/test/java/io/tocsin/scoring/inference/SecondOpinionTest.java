package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.onnx.TinyOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SecondOpinionTest {

  private static final ScoringSettings SETTINGS =
      new ScoringSettings(Provider.CPU, 1, 4, Duration.ZERO, 2);
  private static final String BAND = "band: {low: 0.6, high: 0.8}";

  @TempDir Path folder;

  @AfterEach
  void nothingStaysOpen() {
    assertThat(Tensors.live()).isZero();
  }

  @Test
  void aWindowInDoubtIsScoredByBothAndASureOneByTheFirstAlone() throws Exception {
    second("glass, background, cry", "glass", "cry");
    try (SecondOpinion opinion = acquire(first(BAND))) {
      WindowScores doubtful = opinion.score(peak(8_192), 1).get(10, SECONDS);
      // By hand: peak 0.25; the logistic of 1 and, in the second bundle, of -2, 0 and 2.
      assertThat(doubtful.scores()[0]).isCloseTo(0.731059f, within(1e-5f));
      assertThat(doubtful.secondScores())
          .containsExactly(new float[] {0.119203f, 0.880797f}, within(1e-5f));
      WindowScores sure = opinion.score(peak(32_767), 1).get(10, SECONDS);
      assertThat(sure.scores()[0]).isGreaterThan(0.98f);
      assertThat(sure.secondScores()).isNull();
    }
  }

  @Test
  void labelsAreMatchedByNameAndAnUnknownOneHasNoScore() throws Exception {
    second("siren, background, glass", "glass");
    try (SecondOpinion opinion = acquire(first(BAND))) {
      float[] second = opinion.score(peak(8_192), 1).get(10, SECONDS).secondScores();
      assertThat(second[0]).as("glass is its third output").isCloseTo(0.880797f, within(1e-5f));
      assertThat(second[1]).as("it knows no cry").isNaN();
    }
  }

  @Test
  void aSampleOfWindowsIsScoredByBoth() throws Exception {
    second("glass, background, cry", "glass", "cry");
    try (SecondOpinion opinion = acquire(first("band: {low: 1, high: 1}, sample: 1"))) {
      assertThat(opinion.score(peak(0), 1).get(10, SECONDS).secondScores()).hasSize(2);
    }
  }

  @Test
  void aSecondModelThatFailsLeavesTheFirstsScores() throws Exception {
    // Not a number from a slope that is none.
    Path other =
        TinyBundle.write(
            folder.resolve("second"),
            TinyOnnx.peakBackbone(),
            TinyOnnx.head("Sigmoid", 1, Float.NaN, 1));
    assertThat(other).exists();
    AtomicInteger failed = new AtomicInteger();
    InferenceMetrics counting =
        new InferenceMetrics() {
          @Override
          public void failed() {
            failed.incrementAndGet();
          }
        };
    try (SecondOpinion opinion =
        SecondOpinion.acquire(first(BAND), SETTINGS, InferenceMetrics.NONE, counting)) {
      WindowScores scores = opinion.score(peak(8_192), 1).get(10, SECONDS);
      assertThat(scores.scores()[0]).isCloseTo(0.731059f, within(1e-5f));
      assertThat(scores.secondScores()).isNull();
      assertThat(failed).hasValue(1);
    }
  }

  @Test
  void aWindowThatTheFirstCannotScoreFails() throws Exception {
    second("glass, background, cry", "glass", "cry");
    try (SecondOpinion opinion = acquire(first(BAND))) {
      assertThatThrownBy(() -> opinion.score(new short[3], 1).get(10, SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ScoringException.class);
    }
  }

  @Test
  void everyWindowIsAnsweredThoughItIsClosedUnderLoad() throws Exception {
    second("glass, background, cry", "glass", "cry");
    SecondOpinion opinion = acquire(first("band: {low: 0, high: 1}, sample: 0"));
    List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(opinion.score(peak(i), i));
    }
    opinion.close();
    for (CompletableFuture<WindowScores> answer : answers) {
      assertThat(answer.handle((scores, error) -> scores != null ^ error != null).get(10, SECONDS))
          .isTrue();
    }
  }

  @Test
  void aBundleThatNamesNoSecondIsJustScored() throws Exception {
    ModelBundle alone = ModelBundle.load(bundle("alone", 4, 0, -4));
    try (SecondOpinion opinion = acquire(alone)) {
      assertThat(opinion.secondBundle()).isEmpty();
      assertThat(opinion.score(peak(8_192), 1).get(10, SECONDS).secondScores()).isNull();
    }
  }

  @Test
  void aSecondThatDoesNotGoWithTheFirstIsRefusedAndNothingStaysLoaded() throws Exception {
    Path other = second("glass, background, cry", "glass", "cry");
    edit(other, "windowSamples: 100", "windowSamples: 120");
    ModelBundle first = first(BAND);
    assertThatThrownBy(() -> acquire(first))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("its windows are 100 samples at 1000 Hz")
        .hasMessageContaining("are 120 samples at 1000 Hz");
  }

  private static SecondOpinion acquire(ModelBundle bundle) {
    return SecondOpinion.acquire(bundle, SETTINGS, InferenceMetrics.NONE, InferenceMetrics.NONE);
  }

  /** Scores the logistic of 4, 0 and -4 times the peak; asks {@code second} in the band. */
  private ModelBundle first(String more) throws IOException {
    Path first = bundle("first", 4, 0, -4);
    Files.writeString(
        first.resolve(ModelBundle.MANIFEST),
        Files.readString(first.resolve(ModelBundle.MANIFEST))
            + "secondOpinion: {bundle: ../second, "
            + more
            + "}\n");
    return ModelBundle.load(first);
  }

  /** Scores the logistic of -8, 0 and 8 times the peak, with the outputs and labels named. */
  private Path second(String outputs, String... labels) throws IOException {
    Path second = bundle("second", -8, 0, 8);
    edit(second, "outputs: .glass, background, cry.", "outputs: [" + outputs + "]");
    if (List.of(labels).equals(List.of("glass"))) {
      edit(second, "(?m)^  - .name: cry.*$\n", "");
    }
    return second;
  }

  private Path bundle(String name, float... slopes) {
    return TinyBundle.write(
        folder.resolve(name), TinyOnnx.peakBackbone(), TinyOnnx.head("Sigmoid", slopes));
  }

  private static void edit(Path bundle, String pattern, String replacement) throws IOException {
    Path yaml = bundle.resolve(ModelBundle.MANIFEST);
    Files.writeString(yaml, Files.readString(yaml).replaceFirst(pattern, replacement));
  }

  private static short[] peak(int sample) {
    short[] samples = new short[TinyBundle.WINDOW];
    samples[TinyBundle.WINDOW / 3] = (short) sample;
    return samples;
  }
}
