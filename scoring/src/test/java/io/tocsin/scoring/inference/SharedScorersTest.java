package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.onnx.TinyOnnx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedScorersTest {

  @TempDir Path folder;

  @Test
  void aSigmoidHeadGivesEachOutputItsOwnScore() throws Exception {
    try (WindowScorer scorer = scorer(tiny("Sigmoid", 4, 0, -4), 1, 4)) {
      float[] scores = scorer.score(peak(16_384)).get(10, SECONDS).scores();
      // By hand: the peak is 0.5; the logistic of 2, 0 and -2.
      assertThat(scores).containsExactly(new float[] {0.880797f, 0.5f, 0.119203f}, within(1e-5f));
    }
  }

  @Test
  void aSoftmaxHeadIsReadTheSameWay() throws Exception {
    try (WindowScorer scorer = scorer(tiny("Softmax", 4, 0, -4), 1, 4)) {
      float[] scores = scorer.score(peak(-16_384)).get(10, SECONDS).scores();
      // By hand: e^2, 1 and e^-2 over their sum 8.524391.
      assertThat(scores)
          .containsExactly(new float[] {0.866814f, 0.117310f, 0.015876f}, within(1e-5f));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16})
  void scoresDoNotDependOnTheBatch(int batch) throws Exception {
    try (WindowScorer scorer = scorer(tiny("Sigmoid", 4, 0, -4), 2, batch)) {
      List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(scorer.score(peak(i * 300)));
      }
      for (int i = 0; i < 100; i++) {
        double expected = 1 / (1 + Math.exp(-4 * i * 300 / 32_768.0));
        assertThat((double) answers.get(i).get(10, SECONDS).scores()[0])
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void theModelIsSharedUntilTheLastIsClosed() throws Exception {
    ModelBundle bundle = tiny("Sigmoid", 1, 2, 3);
    WindowScorer first = scorer(bundle, 1, 4);
    WindowScorer second = scorer(bundle, 1, 4);
    first.close();
    first.close();
    assertThat(second.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
    second.close();
    assertThatThrownBy(() -> second.score(peak(1)).get())
        .hasMessageContaining("the scorer was closed");
    try (WindowScorer again = scorer(bundle, 1, 4)) {
      assertThat(again.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
    }
  }

  @Test
  void aHeadWithOtherOutputsThanTheManifestIsRefusedByName() {
    assertThatThrownBy(() -> scorer(tiny("Sigmoid", 1, 2, 3, 4), 1, 4))
        .isInstanceOf(ScoringException.class)
        .hasMessageContaining("bundle tiny@7: the head gives scores of shape [1, 4]")
        .hasMessageContaining("names 3 outputs");
  }

  @Test
  void aFileThatIsNoModelIsRefusedWithTheBundlesName() {
    ModelBundle wordsOnly = TinyBundle.in(folder);
    assertThatThrownBy(() -> scorer(wordsOnly, 1, 4))
        .isInstanceOf(ScoringException.class)
        .hasMessageStartingWith("bundle tiny@7 does not load");
  }

  @Test
  void cudaIsNoSilentFallBack() {
    assumeThat(OrtEnvironment.getAvailableProviders())
        .as("this ONNX Runtime is built without CUDA")
        .doesNotContain(OrtProvider.CUDA);
    ScoringSettings cuda = new ScoringSettings(Provider.CUDA, 1, 1, Duration.ZERO, 1);
    assertThatThrownBy(() -> SharedScorers.acquire(tiny("Sigmoid", 1, 2, 3), cuda))
        .isInstanceOf(ScoringException.class)
        .hasMessageContaining("provider cuda was asked for")
        .hasMessageContaining("-Pgpu");
  }

  @Test
  void theRealModelGivesTheSameScoresInAnyBatch() throws Exception {
    String yamnet = System.getenv("TOCSIN_YAMNET");
    assumeThat(yamnet)
        .as("TOCSIN_YAMNET names no YAMNet ONNX file: the real model is not tested")
        .isNotNull();
    Path bundle = folder.resolve("real");
    BundleAssembly.make(Path.of(yamnet), Path.of("..", "models", "yamnet-head"), bundle);
    ModelBundle real = ModelBundle.load(bundle);
    List<float[]> alone = realScores(real, 1);
    List<float[]> together = realScores(real, 16);
    for (int i = 0; i < alone.size(); i++) {
      assertThat(alone.get(i)).hasSize(real.outputs().size());
      for (float score : alone.get(i)) {
        assertThat(score).isBetween(0f, 1f);
      }
      assertThat(together.get(i)).containsExactly(alone.get(i), within(1e-5f));
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  private static List<float[]> realScores(ModelBundle bundle, int batch) throws Exception {
    Random random = new Random(9);
    try (WindowScorer scorer = scorer(bundle, 1, batch)) {
      List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        short[] samples = new short[bundle.windowSamples()];
        for (int n = 0; n < samples.length; n++) {
          samples[n] = (short) (random.nextGaussian() * 100 * (1 + i));
        }
        answers.add(scorer.score(samples));
      }
      List<float[]> scores = new ArrayList<>();
      for (CompletableFuture<WindowScores> answer : answers) {
        scores.add(answer.get(30, SECONDS).scores());
      }
      return scores;
    }
  }

  private ModelBundle tiny(String activation, float... slopes) {
    return ModelBundle.load(
        TinyBundle.write(folder, TinyOnnx.peakBackbone(), TinyOnnx.head(activation, slopes)));
  }

  private static WindowScorer scorer(ModelBundle bundle, int callers, int batch) {
    return SharedScorers.acquire(
        bundle, new ScoringSettings(Provider.CPU, callers, batch, Duration.ZERO, 32));
  }

  private static short[] peak(int sample) {
    short[] samples = new short[TinyBundle.WINDOW];
    samples[TinyBundle.WINDOW / 3] = (short) sample;
    return samples;
  }
}
