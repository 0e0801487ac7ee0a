package io.tocsin.scoring.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.audio.AudioClip;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.inference.WindowScores;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipScorerTest {

  /** Hears glass where a window's loudest sample is beyond a tenth of full scale. */
  private static class LoudIsGlass implements WindowScorer {

    @Override
    public CompletableFuture<WindowScores> score(short[] samples) {
      int peak = 0;
      for (short sample : samples) {
        peak = Math.max(peak, Math.abs(sample));
      }
      float glass = peak > 3_277 ? 0.9f : 0.1f;
      return CompletableFuture.completedFuture(
          new WindowScores(new float[] {glass, 1 - glass - 0.05f, 0.05f}));
    }

    @Override
    public Optional<CompletableFuture<WindowScores>> tryScore(short[] samples) {
      return Optional.of(score(samples));
    }

    @Override
    public CompletableFuture<float[]> embed(short[] samples) {
      return CompletableFuture.completedFuture(new float[] {samples[0]});
    }

    @Override
    public CompletableFuture<WindowScores> scoreEmbedding(float[] embedding) {
      throw new UnsupportedOperationException("clips have samples");
    }

    @Override
    public void close() {}
  }

  @TempDir Path folder;
  private ModelBundle bundle;
  private ClipScorer clips;

  @BeforeEach
  void aBundle() {
    bundle = TinyBundle.in(folder);
    clips = new ClipScorer(bundle, new LoudIsGlass());
  }

  @Test
  void windowsCoverTheWholeClipAndTheLastIsFilledUp() throws Exception {
    assertThat(windows(0)).isZero();
    assertThat(windows(1)).isEqualTo(1);
    assertThat(windows(100)).isEqualTo(1);
    assertThat(windows(101)).isEqualTo(2);
    assertThat(windows(150)).isEqualTo(2);
    assertThat(windows(151)).isEqualTo(3);
  }

  @Test
  void aBurstBecomesOneDetectionAtItsOffset() throws Exception {
    ClipScorer.Heard heard = clips.score("clip", burst(TinyBundle.RATE));
    assertThat(heard.detections()).hasSize(1);
    SoundDetection detection = heard.detections().get(0);
    assertThat(detection.label()).isEqualTo("glass");
    assertThat(detection.probability()).isCloseTo(0.9, within(1e-6));
    assertThat(detection.onsetMicros()).isCloseTo(700_000, within(5_000L));
  }

  @Test
  void aClipOfAnotherRateIsHeardTheSame() throws Exception {
    ClipScorer.Heard heard = clips.score("clip", burst(4 * TinyBundle.RATE));
    assertThat(heard.detections()).hasSize(1);
    // The resampling filter rings for up to 50 ms at a rate as low as this.
    assertThat(heard.detections().get(0).onsetMicros()).isCloseTo(700_000, within(50_000L));
  }

  @Test
  void aWindowThatFailsFailsItsClipWithItsOwnError() {
    RuntimeException broken = new IllegalStateException("no weights");
    WindowScorer failing =
        new LoudIsGlass() {
          @Override
          public CompletableFuture<WindowScores> score(short[] samples) {
            return CompletableFuture.failedFuture(broken);
          }
        };
    assertThatThrownBy(() -> new ClipScorer(bundle, failing).score("clip", burst(TinyBundle.RATE)))
        .hasRootCause(broken);
  }

  @Test
  void theReportShowsTheHighestOutputsFirst() throws Exception {
    ScoreReport report =
        new ScoreReport(bundle, "a.wav", 2.0, clips.score("a.wav", burst(TinyBundle.RATE)));
    String text = report.text(2);
    assertThat(text)
        .startsWith("a.wav  2.00 s, 39 windows, tiny@7\n")
        .contains("background 0.850  glass 0.100\n")
        .contains("glass 0.900")
        .contains("detection glass at 0.7")
        .doesNotContain("cry");
    JsonNode json = new ObjectMapper().readTree(report.json(2));
    assertThat(json.path("windows")).hasSize(39);
    assertThat(json.path("windows").path(2).path("startSeconds").asDouble()).isEqualTo(0.1);
    assertThat(json.path("windows").path(0).path("scores").fieldNames())
        .toIterable()
        .containsExactly("background", "glass");
    assertThat(json.path("detections").path(0).path("label").asText()).isEqualTo("glass");
    assertThat(json.path("detections").path(0).path("onsetSeconds").asDouble())
        .isCloseTo(0.7, within(0.005));
  }

  private int windows(int samples) throws InterruptedException {
    return clips.score("c", new AudioClip(new float[samples], TinyBundle.RATE)).windows().size();
  }

  /** Two seconds of faint noise, with a burst from 0.7 to 0.9 s. */
  private static AudioClip burst(int rate) {
    Random random = new Random(5);
    float[] samples = new float[2 * rate];
    for (int i = 0; i < samples.length; i++) {
      boolean loud = i >= 0.7 * rate && i < 0.9 * rate;
      samples[i] = (float) (random.nextGaussian() * (loud ? 0.3 : 0.001));
    }
    return new AudioClip(samples, rate);
  }
}
