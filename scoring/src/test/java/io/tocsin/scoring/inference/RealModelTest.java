package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project's head on YAMNet, where a YAMNet is given. */
class RealModelTest {

  /** What sending embeddings as float16 instead of sound may change of a probability. */
  private static final double FLOAT16_TOLERANCE = 0.001;

  private static final int MOST_CLIPS = 24;

  @TempDir static Path folder;
  private static ModelBundle bundle;

  @BeforeAll
  static void theRealBundle() {
    String yamnet = System.getenv("TOCSIN_YAMNET");
    assumeThat(yamnet)
        .as("TOCSIN_YAMNET names no YAMNet ONNX file: the real model is not tested")
        .isNotNull();
    BundleAssembly.make(Path.of(yamnet), Path.of("..", "models", "yamnet-head"), folder);
    bundle = ModelBundle.load(folder);
  }

  @Test
  void scoresAreTheSameInAnyBatchAndWithPadding() throws Exception {
    List<short[]> windows = noise(32);
    List<float[]> alone = scores(windows, settings(1, List.of()));
    List<float[]> together = scores(windows, settings(16, List.of()));
    List<float[]> padded = scores(windows.subList(0, 5), settings(16, List.of(16)));
    for (int i = 0; i < alone.size(); i++) {
      assertThat(alone.get(i)).hasSize(bundle.outputs().size());
      for (float score : alone.get(i)) {
        assertThat(score).isBetween(0f, 1f);
      }
      assertThat(together.get(i)).containsExactly(alone.get(i), within(1e-5f));
    }
    for (int i = 0; i < padded.size(); i++) {
      assertThat(padded.get(i)).containsExactly(alone.get(i), within(1e-5f));
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  @Test
  void embeddingsSentAsFloat16GiveTheServersDetectionsOnNoise() throws Exception {
    assertThat(largestDifference(noise(64))).isLessThanOrEqualTo(FLOAT16_TOLERANCE);
  }

  @Test
  void embeddingsSentAsFloat16GiveTheServersDetectionsOnRecordings() throws Exception {
    String audio = System.getenv("TOCSIN_AUDIO");
    assumeThat(audio)
        .as("TOCSIN_AUDIO names no folder of recordings: float16 is not tested on real sounds")
        .isNotNull();
    assertThat(largestDifference(recorded(Path.of(audio)))).isLessThanOrEqualTo(FLOAT16_TOLERANCE);
  }

  /** Of the calibrated probability of any label of any window; the on-decisions must agree too. */
  private static double largestDifference(List<short[]> windows) throws Exception {
    double largest = 0;
    int decided = 0;
    try (WindowScorer scorer = SharedScorers.acquire(bundle, settings(16, List.of()))) {
      for (short[] window : windows) {
        float[] server = scorer.score(window).get(30, SECONDS).scores();
        byte[] sent = Float16.encode(scorer.embed(window).get(30, SECONDS));
        float[] received = Float16.decode(ByteBuffer.wrap(sent));
        float[] edge = scorer.scoreEmbedding(received).get(30, SECONDS).scores();
        for (LabelSpec label : bundle.labels()) {
          int output = bundle.outputs().indexOf(label.name());
          double difference =
              label.calibration().probability(server[output])
                  - label.calibration().probability(edge[output]);
          largest = Math.max(largest, Math.abs(difference));
          if (Math.abs(server[output] - label.onThreshold()) > FLOAT16_TOLERANCE) {
            assertThat(edge[output] >= label.onThreshold())
                .as("%s of %f and %f", label.name(), server[output], edge[output])
                .isEqualTo(server[output] >= label.onThreshold());
            decided++;
          }
        }
      }
    }
    assertThat(decided).as("decisions that float16 could have turned").isPositive();
    return largest;
  }

  private static List<float[]> scores(List<short[]> windows, ScoringSettings settings)
      throws Exception {
    try (WindowScorer scorer = SharedScorers.acquire(bundle, settings)) {
      List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
      for (short[] window : windows) {
        answers.add(scorer.score(window));
      }
      List<float[]> scores = new ArrayList<>();
      for (CompletableFuture<WindowScores> answer : answers) {
        scores.add(answer.get(30, SECONDS).scores());
      }
      return scores;
    }
  }

  private static ScoringSettings settings(int batch, List<Integer> sizes) {
    return new ScoringSettings(Provider.CPU, 0, 1, batch, Duration.ZERO, 32, sizes);
  }

  private static List<short[]> noise(int count) {
    Random random = new Random(9);
    List<short[]> windows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      short[] samples = new short[bundle.windowSamples()];
      for (int n = 0; n < samples.length; n++) {
        samples[n] = (short) (random.nextGaussian() * 100 * (1 + i));
      }
      windows.add(samples);
    }
    return windows;
  }

  /** The first window of recordings spread over the folder. */
  private static List<short[]> recorded(Path audio) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(audio)) {
      files = found.filter(AudioFiles::isAudio).sorted().toList();
    }
    List<short[]> windows = new ArrayList<>();
    int step = Math.max(1, files.size() / MOST_CLIPS);
    for (int i = 0; i < files.size(); i += step) {
      var clip = Resampling.resample(AudioFiles.read(files.get(i)), bundle.sampleRateHertz());
      windows.add(Arrays.copyOf(Pcm16.fromFloats(clip.samples()), bundle.windowSamples()));
    }
    return windows;
  }
}
