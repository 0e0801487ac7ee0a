package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.audio.Pcm16;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.AudioWindow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings("try") // A harness's close() may throw anything.
class InferenceFunctionTest {

  private final InferenceSettings settings = TinyFleet.settings(TinyFleet.bundle()).inference();
  private final List<AudioWindow> windows =
      TinyFleet.windows(ModelBundle.load(TinyFleet.bundle())).subList(0, 4);

  @Test
  void everyWindowGoesOnWithItsScores() throws Exception {
    try (InferenceHarness operator = new InferenceHarness(new InferenceFunction(settings))) {
      for (AudioWindow window : windows) {
        operator.send(window);
      }
      assertThat(operator.all())
          .hasSize(4)
          .allSatisfy(w -> assertThat(w.scores()).hasSize(2))
          .allSatisfy(w -> assertThat(w.secondScores()).isNull());
      assertThat(operator.count("windowsScored")).isEqualTo(4);
      assertThat(operator.count("windowsFailed")).isZero();
    }
  }

  @Test
  void aWindowThatGetsNoAnswerInTimeGoesOnWithoutScoresAndTheNextWithThem() throws Exception {
    try (HeldModel model = new HeldModel(settings);
        InferenceHarness operator = new InferenceHarness(new InferenceFunction(settings))) {
      operator.send(windows.get(0));
      operator.timeIs(InferenceHarness.TIMEOUT_MILLIS);
      assertThat(operator.count("windowsFailed")).isEqualTo(1);
      operator.send(windows.get(1));
      operator.send(windows.get(2));
      model.release();
      List<ScoredWindow> out = operator.all();
      assertThat(out).extracting(ScoredWindow::index).containsExactlyInAnyOrder(0L, 1L, 2L);
      assertThat(out).allSatisfy(w -> assertThat(w.scores()).hasSize(w.index() == 0 ? 0 : 2));
      assertThat(operator.count("windowsFailed")).isEqualTo(1);
    }
  }

  @Test
  void aWindowThatTheModelRefusesGoesOnWithoutScoresAndTheNextWithThem() throws Exception {
    try (InferenceHarness operator = new InferenceHarness(new InferenceFunction(settings))) {
      operator.send(withSamples(windows.get(0), new short[3]));
      operator.send(windows.get(1));
      List<ScoredWindow> out = operator.all();
      assertThat(out).extracting(ScoredWindow::index).containsExactlyInAnyOrder(0L, 1L);
      assertThat(out).allSatisfy(w -> assertThat(w.scores()).hasSize(w.index() == 0 ? 0 : 2));
      assertThat(operator.count("windowsFailed")).isEqualTo(1);
      assertThat(operator.count("windowsScored")).isEqualTo(1);
    }
  }

  private static AudioWindow withSamples(AudioWindow window, short[] samples) {
    return new AudioWindow(
        window.sensorId(),
        window.runStartMicros(),
        window.index(),
        window.startMicros(),
        window.precedingRunMicros(),
        window.precedingRunWindows(),
        Pcm16.encode(samples).array(),
        window.bootId(),
        window.firstSequence(),
        window.lastSequence(),
        window.clockSource(),
        window.clockUncertaintyMicros());
  }
}
