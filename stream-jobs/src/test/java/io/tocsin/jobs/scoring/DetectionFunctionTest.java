package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.detect.Onset;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of 100 ms every 50 ms; glass is on at 0.6, off below 0.3. */
@SuppressWarnings("try") // A harness's close() may throw anything.
class DetectionFunctionTest {

  private static final long RUN_MICROS = 1_800_000_000_000_000L;
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
  private static final Duration ALL_FORGOTTEN = Duration.ofHours(1);
  private static final SensorRegistration SENSOR =
      new SensorRegistration("a", 52.52, 13.41, null, 5.0, 400, false);

  @TempDir Path bundle;

  @BeforeEach
  void aBundle() throws Exception {
    WordBundle.in(bundle);
  }

  @Test
  void windowsScoredInAnyOrderGiveTheSameDetections() throws Exception {
    List<ScoredWindow> windows = threeSounds();
    List<PlacedDetection> expected = detections(windows, windows.size());
    assertThat(expected)
        .extracting(d -> d.detection().onsetMicros())
        .containsExactly(onset(3), onset(9), onset(17));
    for (int seed = 0; seed < 20; seed++) {
      List<ScoredWindow> shuffled = new ArrayList<>(windows);
      Collections.shuffle(shuffled, new Random(seed));
      assertThat(detections(shuffled, shuffled.size())).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @Test
  void aRestoreInTheMiddleChangesNothing() throws Exception {
    List<ScoredWindow> windows = threeSounds();
    List<PlacedDetection> expected = detections(windows, windows.size());
    Collections.shuffle(windows, new Random(2));
    for (int at = 1; at < windows.size(); at += 3) {
      assertThat(detections(windows, at)).as("restored after %d", at).isEqualTo(expected);
    }
  }

  @Test
  void aDuplicateWindowDetectsNothingTwice() throws Exception {
    List<ScoredWindow> windows = threeSounds();
    List<ScoredWindow> twice = new ArrayList<>();
    windows.forEach(w -> twice.addAll(List.of(w, w)));
    assertThat(detections(twice, twice.size())).isEqualTo(detections(windows, windows.size()));
  }

  @Test
  void detectionsWaitForTheirSensorsRegistration() throws Exception {
    try (var operator = started(null)) {
      for (ScoredWindow window : threeSounds()) {
        operator.processElement1(window, 0);
      }
      assertThat(operator.extractOutputValues()).isEmpty();
      // The third sound is still on.
      operator.processElement2(SENSOR, 0);
      assertThat(operator.extractOutputValues()).hasSize(2);
      operator.processElement2(SENSOR, 0);
      assertThat(operator.extractOutputValues()).hasSize(2);
    }
  }

  @Test
  void aDetectionIsInTheTraceOfTheWindowThatBroughtItOut() throws Exception {
    try (var operator = started(null)) {
      operator.processElement1(inTrace(window(0, 0.9f)), 0);
      operator.processElement1(inTrace(window(1, 0.1f)), 0);
      operator.processElement2(SENSOR, 0);
      operator.processElement1(inTrace(window(2, 0.9f)), 0);
      operator.processElement1(inTrace(window(3, 0.1f)), 0);
      operator.processElement1(inTrace(window(4, 0.9f)), 0);
      operator.setProcessingTime(SILENCE.toMillis());
      // What had waited for its sensor, what a window ended, and what time did.
      assertThat(operator.extractOutputValues())
          .extracting(d -> d.detection().onsetMicros(), PlacedDetection::trace)
          .containsExactly(
              tuple(onset(0), null), tuple(onset(2), "trace 3"), tuple(onset(4), null));
    }
  }

  private static ScoredWindow inTrace(ScoredWindow w) {
    return new ScoredWindow(
        w.sensorId(),
        w.runStartMicros(),
        w.index(),
        w.startMicros(),
        w.endMicros(),
        w.precedingRunMicros(),
        w.precedingRunWindows(),
        w.scores(),
        null,
        w.levelDbfs(),
        w.onset(),
        w.bootId(),
        w.firstSequence(),
        w.lastSequence(),
        w.clockSource(),
        w.clockUncertaintyMicros(),
        w.lane(),
        w.storedMillis(),
        "trace " + w.index());
  }

  @Test
  void everySilenceEndsWhatIsOn() throws Exception {
    try (var operator = started(null)) {
      operator.processElement2(SENSOR, 0);
      operator.processElement1(window(0, 0.7f), 0);
      operator.setProcessingTime(SILENCE.toMillis() - 1);
      assertThat(operator.extractOutputValues()).isEmpty();
      operator.setProcessingTime(SILENCE.toMillis());
      assertThat(operator.extractOutputValues()).hasSize(1);
      // The sensor is back, long before it would be forgotten, and falls silent again.
      Duration back = SILENCE.plusSeconds(20);
      operator.setProcessingTime(back.toMillis());
      operator.processElement1(window(1, 0.1f), 0);
      operator.processElement1(window(2, 0.8f), 0);
      operator.setProcessingTime(back.plus(SILENCE).toMillis());
      assertThat(operator.extractOutputValues()).hasSize(2);
    }
  }

  @Test
  void storedAudioIsFollowedByItself() throws Exception {
    List<ScoredWindow> windows = threeSounds();
    List<PlacedDetection> expected = detections(windows, windows.size());
    try (var operator = started(null)) {
      operator.processElement2(SENSOR, 0);
      // Live: the last sound, which is on at the end; stored behind it: the two before.
      List<ScoredWindow> live = windows.subList(15, windows.size());
      for (int i = 0; i < 15; i++) {
        if (i < live.size()) {
          operator.processElement1(inRun(live.get(i), live.get(0).startMicros(), i, Lane.LIVE), 0);
        }
        operator.processElement1(inRun(windows.get(i), 5, i, Lane.STORED), 0);
      }
      assertThat(operator.extractOutputValues())
          .extracting(d -> d.detection().onsetMicros(), d -> d.detection().storedMillis())
          .containsExactlyInAnyOrder(tuple(onset(3), 9_000L), tuple(onset(9), 9_000L));
      operator.setProcessingTime(SILENCE.toMillis());
      assertThat(operator.extractOutputValues())
          .extracting(d -> d.detection().detectionId())
          .containsExactlyInAnyOrderElementsOf(
              expected.stream().map(d -> d.detection().detectionId()).toList());
    }
  }

  @Test
  void storedSoundEndsInSilenceThoughTheSensorSpeaks() throws Exception {
    try (var operator = started(null)) {
      operator.processElement2(SENSOR, 0);
      operator.processElement1(inRun(window(0, 0.7f), 5, 0, Lane.STORED), 0);
      for (int i = 0; i < 40; i++) {
        operator.setProcessingTime(i * 1_000L);
        operator.processElement1(window(i, 0.1f), 0);
        assertThat(operator.numProcessingTimeTimers()).isEqualTo(1);
      }
      assertThat(operator.extractOutputValues())
          .extracting(d -> d.detection().onsetMicros())
          .containsExactly(onset(0));
      operator.setProcessingTime(ALL_FORGOTTEN.toMillis());
      assertThat(operator.numKeyedStateEntries()).isEqualTo(1);
      assertThat(operator.numProcessingTimeTimers()).isZero();
    }
  }

  private static ScoredWindow inRun(ScoredWindow w, long runMicros, long index, Lane lane) {
    return new ScoredWindow(
        w.sensorId(),
        runMicros,
        index,
        w.startMicros(),
        w.endMicros(),
        0,
        0,
        w.scores(),
        null,
        w.levelDbfs(),
        w.onset(),
        w.bootId(),
        w.firstSequence(),
        w.lastSequence(),
        w.clockSource(),
        w.clockUncertaintyMicros(),
        lane,
        lane == Lane.STORED ? 9_000 : 0,
        null);
  }

  @Test
  void afterSilenceOnlyTheRegistrationIsKept() throws Exception {
    try (var operator = started(null)) {
      operator.processElement2(SENSOR, 0);
      assertThat(operator.numKeyedStateEntries()).isEqualTo(1);
      for (ScoredWindow window : threeSounds()) {
        operator.processElement1(window, 0);
      }
      assertThat(operator.numKeyedStateEntries()).isGreaterThan(1);
      operator.setProcessingTime(ALL_FORGOTTEN.toMillis());
      assertThat(operator.numKeyedStateEntries()).isEqualTo(1);
      assertThat(operator.numProcessingTimeTimers()).isZero();
      operator.processElement2(
          new SensorRegistration(SENSOR.sensorId(), 0, 0, null, null, 0, true), 0);
      assertThat(operator.numKeyedStateEntries()).isZero();
    }
  }

  /** What comes out when the operator is stopped and restored behind {@code at} windows. */
  private List<PlacedDetection> detections(List<ScoredWindow> windows, int at) throws Exception {
    List<PlacedDetection> detections = new ArrayList<>();
    OperatorSubtaskState kept;
    try (var before = started(null)) {
      before.processElement2(SENSOR, 0);
      for (ScoredWindow window : windows.subList(0, at)) {
        before.processElement1(window, 0);
      }
      detections.addAll(before.extractOutputValues());
      kept = before.snapshot(1, 1);
    }
    try (var after = started(kept)) {
      for (ScoredWindow window : windows.subList(at, windows.size())) {
        after.processElement1(window, 0);
      }
      after.setProcessingTime(SILENCE.toMillis());
      // One that was restored and heard nothing yet has been silent since it woke, not before.
      after.setProcessingTime(2 * SILENCE.toMillis());
      detections.addAll(after.extractOutputValues());
    }
    return detections;
  }

  @Test
  void anOutageIsNoSilence() throws Exception {
    OperatorSubtaskState kept;
    try (var before = started(null)) {
      before.processElement2(SENSOR, 0);
      before.processElement1(window(0, 0.7f), 0);
      kept = before.snapshot(1, 1);
    }
    try (var after = started(kept)) {
      after.setProcessingTime(10 * SILENCE.toMillis());
      assertThat(after.extractOutputValues()).isEmpty();
      after.processElement1(window(1, 0.9f), 0);
      after.processElement1(window(2, 0.1f), 0);
      assertThat(after.extractOutputValues()).hasSize(1);
      assertThat(after.extractOutputValues().get(0).detection().score()).isEqualTo(0.9f);
    }
  }

  private KeyedTwoInputStreamOperatorTestHarness<
          String, ScoredWindow, SensorRegistration, PlacedDetection>
      started(@Nullable OperatorSubtaskState kept) throws Exception {
    var operator =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new KeyedCoProcessOperator<>(
                new DetectionFunction(bundle.toString(), "frames", SILENCE, FORGET_AFTER)),
            ScoredWindow::sensorId,
            SensorRegistration::sensorId,
            Types.STRING);
    if (kept != null) {
      operator.initializeState(kept);
    }
    operator.open();
    return operator;
  }

  /** Sounds that set in most at windows 3, 9 and 17; the last is still on at the end. */
  private static List<ScoredWindow> threeSounds() {
    float[] glass = new float[18];
    glass[2] = 0.7f;
    glass[3] = 0.9f;
    glass[4] = 0.4f;
    glass[9] = 0.65f;
    glass[17] = 0.8f;
    List<ScoredWindow> windows = new ArrayList<>();
    for (int i = 0; i < glass.length; i++) {
      windows.add(window(i, glass[i]));
    }
    return windows;
  }

  private static ScoredWindow window(int index, float glass) {
    long start = RUN_MICROS + index * 50_000L;
    return new ScoredWindow(
        "a",
        RUN_MICROS,
        index,
        start,
        start + 100_000,
        0,
        0,
        new float[] {glass, 1 - glass},
        null,
        -30,
        new Onset(onset(index), 2_000, glass * 20),
        "boot",
        index,
        index + 1,
        "GPS",
        50);
  }

  private static long onset(int index) {
    return RUN_MICROS + index * 50_000L + 10_000;
  }
}
