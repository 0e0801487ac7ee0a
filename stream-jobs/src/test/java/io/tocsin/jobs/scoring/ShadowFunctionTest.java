package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.AudioWindow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One window may wait for the model. */
@Timeout(30)
@SuppressWarnings("try") // A harness's close() may throw anything.
class ShadowFunctionTest {

  private final InferenceSettings settings =
      TinyFleet.settings(TinyFleet.bundle(), "--maxBatchSize=1", "--maxEnqueuedBatches=1")
          .inference();
  private final List<AudioWindow> windows =
      TinyFleet.windows(ModelBundle.load(TinyFleet.bundle())).subList(0, 5);

  @Test
  void whatThereIsNoRoomForIsSkippedAtOnceAndCounted() throws Exception {
    try (HeldModel model = new HeldModel(settings);
        InferenceHarness operator = new InferenceHarness(new ShadowFunction(settings))) {
      for (AudioWindow window : windows) {
        operator.send(window);
      }
      assertThat(operator.count("windowsSkipped")).as("the first waits").isEqualTo(4);
      model.release();
      List<ScoredWindow> out = operator.all();
      assertThat(out).extracting(ScoredWindow::index).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
      assertThat(out).allSatisfy(w -> assertThat(w.scores()).hasSize(w.index() == 0 ? 2 : 0));
      assertThat(operator.count("windowsScored")).isEqualTo(1);
      assertThat(operator.count("windowsFailed")).isZero();
    }
  }

  @Test
  void aWindowThatGetsNoAnswerInTimeGoesOnWithoutScores() throws Exception {
    try (HeldModel model = new HeldModel(settings);
        InferenceHarness operator = new InferenceHarness(new ShadowFunction(settings))) {
      operator.send(windows.get(0));
      operator.timeIs(InferenceHarness.TIMEOUT_MILLIS);
      assertThat(operator.count("windowsFailed")).isEqualTo(1);
      model.release();
      assertThat(operator.all()).hasSize(1).allSatisfy(w -> assertThat(w.scores()).isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "16, 8, 2", "512, 8, 1", "128, 64, 4"})
  void aTrialNeverWaitsForRoomInFrontOfItsQueue(int batch, int enqueued, int callers) {
    ScoringJobSettings wide =
        TinyFleet.settings(
            TinyFleet.bundle(),
            "--maxBatchSize=" + batch,
            "--maxEnqueuedBatches=" + enqueued,
            "--callers=" + callers);
    int queue = batch * enqueued;
    int inTheModel = batch * callers;
    assertThat(wide.shadowCapacity()).isGreaterThan(queue + inTheModel);
  }
}
