package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.onnx.TinyOnnx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedScorersTest {

  @TempDir Path folder;

  @AfterEach
  void nothingStaysOpen() {
    assertThat(Tensors.live()).as("tensors that are still open").isZero();
  }

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
  void anEmbeddingIsScoredAsItsWindowIs() throws Exception {
    try (WindowScorer scorer = scorer(tiny("Sigmoid", 4, 0, -4), 1, 4)) {
      float[] embedding = scorer.embed(peak(16_384)).get(10, SECONDS);
      assertThat(embedding).containsExactly(0.5f);
      assertThat(scorer.scoreEmbedding(embedding).get(10, SECONDS).scores())
          .isEqualTo(scorer.score(peak(16_384)).get(10, SECONDS).scores());
    }
  }

  @Test
  void anEmbeddingOfAnotherBackboneFailsAlone() throws Exception {
    try (WindowScorer scorer = scorer(tiny("Sigmoid", 4, 0, -4), 1, 4)) {
      assertThatThrownBy(() -> scorer.scoreEmbedding(new float[7]).get(10, SECONDS))
          .hasMessageContaining("an embedding has 7 numbers, the bundle's backbone gives 1");
    }
  }

  @Test
  void paddingChangesNoScore() throws Exception {
    ScoringSettings padded =
        new ScoringSettings(Provider.CPU, 0, 1, 8, Duration.ZERO, 32, List.of(3, 8));
    try (WindowScorer scorer = SharedScorers.acquire(tiny("Sigmoid", 4, 0, -4), padded)) {
      for (int i = 0; i < 20; i++) {
        double expected = 1 / (1 + Math.exp(-4 * i * 300 / 32_768.0));
        assertThat((double) scorer.score(peak(i * 300)).get(10, SECONDS).scores()[0])
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void eachUserHearsOfItsOwnWindows() throws Exception {
    ModelBundle bundle = tiny("Sigmoid", 1, 2, 3);
    AtomicInteger firstHeard = new AtomicInteger();
    AtomicInteger secondHeard = new AtomicInteger();
    ScoringSettings settings = new ScoringSettings(Provider.CPU, 1, 4, Duration.ZERO, 4);
    try (WindowScorer first = SharedScorers.acquire(bundle, settings, counting(firstHeard));
        WindowScorer second = SharedScorers.acquire(bundle, settings, counting(secondHeard))) {
      assertThat(first.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
      assertThat(second.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
      assertThat(second.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
    }
    assertThat(firstHeard).hasValue(1);
    assertThat(secondHeard).hasValue(2);
  }

  @Test
  void aUserThatClosesLeavesTheOthersServed() throws Exception {
    ModelBundle bundle = tiny("Sigmoid", 1, 2, 3);
    try (WindowScorer first = scorer(bundle, 1, 4)) {
      WindowScorer second = scorer(bundle, 1, 4);
      List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(second.score(peak(i)));
      }
      second.close();
      for (CompletableFuture<WindowScores> answer : answers) {
        assertThat(answer.get(10, SECONDS).scores()).hasSize(3);
      }
      assertThatThrownBy(() -> second.score(peak(1)).get())
          .hasMessageContaining("the scorer was closed");
      assertThat(first.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
    }
  }

  @Test
  void aUserWithOtherBatchSettingsSharesTheFirstOnesModel() throws Exception {
    ModelBundle bundle = tiny("Sigmoid", 1, 2, 3);
    try (WindowScorer first = scorer(bundle, 1, 4)) {
      assertThat(first.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
      long open = Tensors.live();
      try (WindowScorer second = scorer(bundle, 2, 8)) {
        assertThat(second.score(peak(1)).get(10, SECONDS).scores()).hasSize(3);
        assertThat(Tensors.live()).as("no second model's tensors").isEqualTo(open);
      }
    }
  }

  @Test
  void aUserWhoWantsAnotherProviderIsToldWhichOneServes() {
    ScoringSettings cuda = new ScoringSettings(Provider.CUDA, 1, 4, Duration.ZERO, 32);
    ModelBundle bundle = tiny("Sigmoid", 1, 2, 3);
    try (WindowScorer first = scorer(bundle, 1, 4)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> SharedScorers.acquire(bundle, cuda))
          .isInstanceOf(ScoringException.class)
          .hasMessageContaining("bundle tiny@7 runs on CPU in this process already")
          .hasMessageContaining("CUDA was asked for");
    }
  }

  @Test
  void autoIsServedByWhatIsThere() throws Exception {
    ScoringSettings auto = new ScoringSettings(Provider.AUTO, 1, 4, Duration.ZERO, 32);
    ModelBundle bundle = tiny("Sigmoid", 4, 0, -4);
    try (WindowScorer scorer = SharedScorers.acquire(bundle, auto);
        WindowScorer second = SharedScorers.acquire(bundle, auto)) {
      assertThat(scorer.score(peak(16_384)).get(10, SECONDS).scores()[0])
          .isCloseTo(0.880797f, within(1e-4f));
      assertThat(second.score(peak(0)).get(10, SECONDS).scores()[0]).isEqualTo(0.5f);
    }
  }

  @Test
  void modelsOpenedAndClosedManyTimesLeaveNothingOpen() throws Exception {
    ModelBundle bundle = tiny("Sigmoid", 4, 0, -4);
    for (int round = 0; round < 50; round++) {
      try (WindowScorer scorer = scorer(bundle, 2, 8)) {
        for (int i = 0; i < 20; i++) {
          var unused = scorer.score(peak(i));
        }
        assertThat(scorer.embed(peak(1)).get(10, SECONDS)).hasSize(1);
        assertThat(Tensors.live()).isPositive();
      }
      assertThat(Tensors.live()).isZero();
    }
  }

  private static InferenceMetrics counting(AtomicInteger windows) {
    return new InferenceMetrics() {
      @Override
      public void batch(int batchWindows, int paddedWindows, long inferenceNanos) {
        windows.addAndGet(batchWindows);
      }
    };
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
