package io.tocsin.scoring.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.scoring.bundle.TinyBundle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of 100 ms every 50 ms; glass is on at 0.6, off below 0.3; cry wants two windows. */
class DetectionTrackerTest {

  private static final long RUN_MICROS = 5_000_000;
  private static final long HOP_MICROS = 50_000;

  @TempDir Path folder;
  private DetectionTracker tracker;

  @BeforeEach
  void aTracker() {
    tracker = new DetectionTracker(TinyBundle.in(folder));
  }

  @Test
  void aStretchAboveTheOffThresholdIsOneDetection() {
    List<SoundDetection> detections =
        detections(glass(0.1, 0.7, 0.9, 0.4, 0.31, 0.8, 0.35, 0.2, 0.1));
    assertThat(detections).hasSize(1);
    assertThat(detections.get(0).label()).isEqualTo("glass");
    assertThat(detections.get(0).score()).isEqualTo(0.9f);
    assertThat(detections.get(0).probability()).isCloseTo(0.9, within(1e-6));
  }

  @Test
  void belowTheOnThresholdNothingIsDetected() {
    assertThat(detections(glass(0.59, 0.5, 0.59, 0.4, 0.59))).isEmpty();
  }

  @Test
  void aLabelThatGoesOffAndOnIsTwoDetections() {
    List<SoundDetection> detections = detections(glass(0.7, 0.2, 0.1, 0.1, 0.8, 0.2));
    assertThat(detections).extracting(SoundDetection::score).containsExactly(0.7f, 0.8f);
    assertThat(detections).extracting(SoundDetection::detectionId).doesNotHaveDuplicates();
  }

  @Test
  void aDetectionComesOutAtTheWindowBehindItsPeakOrAtItsThird() {
    assertThat(windowOfFirstDetection(glass(0.1, 0.7, 0.65, 0.6))).isEqualTo(2);
    assertThat(windowOfFirstDetection(glass(0.7, 0.1))).isEqualTo(1);
    assertThat(windowOfFirstDetection(glass(0.6, 0.7, 0.8, 0.9, 0.95))).isEqualTo(2);
  }

  @Test
  void aLabelOfTwoWindowsAtLeastIgnoresOne() {
    assertThat(detections(cry(0.1, 0.9, 0.1))).isEmpty();
    List<SoundDetection> two = detections(cry(0.1, 0.8, 0.7, 0.1));
    assertThat(two).extracting(SoundDetection::label).containsExactly("cry");
    // By hand: a is 2, so odds 0.8/0.2 = 4 become 16: 16/17.
    assertThat(two.get(0).probability()).isCloseTo(16.0 / 17, within(1e-6));
  }

  @Test
  void theOnsetIsTheStrongestOfTheStretchAndOfTheWindowBefore() {
    List<ScoredWindow> windows = glass(0.1, 0.7, 0.65, 0.1);
    windows.set(0, withOnset(windows.get(0), new Onset(5_040_000, 1_000, 30)));
    windows.set(1, withOnset(windows.get(1), new Onset(5_120_000, 2_000, 12)));
    SoundDetection detection = detections(windows).get(0);
    assertThat(detection.onsetMicros()).isEqualTo(5_040_000);
    assertThat(detection.onsetSigmaMicros()).isEqualTo(1_000);
    assertThat(detection.firstSequence()).isEqualTo(windows.get(0).firstSequence());
  }

  @Test
  void theEndIsThatOfTheLastWindowHeard() {
    SoundDetection detection = detections(glass(0.1, 0.7, 0.65, 0.1)).get(0);
    assertThat(detection.endMicros()).isEqualTo(RUN_MICROS + 2 * HOP_MICROS + 100_000);
  }

  @Test
  void windowsInAnyOrderGiveTheSameDetections() {
    Random scores = new Random(3);
    double[] glass = scores.doubles(60).toArray();
    List<ScoredWindow> windows = glass(glass);
    List<SoundDetection> inOrder = detections(windows);
    assertThat(inOrder).hasSizeGreaterThan(5);
    for (int seed = 0; seed < 50; seed++) {
      List<ScoredWindow> shuffled = new ArrayList<>(windows.subList(1, windows.size()));
      Collections.shuffle(shuffled, new Random(seed));
      shuffled.add(0, windows.get(0));
      // At least once: some come again.
      shuffled.addAll(20, shuffled.subList(3, 9));
      assertThat(detections(shuffled)).as("seed %d", seed).isEqualTo(inOrder);
    }
  }

  @Test
  void aWindowWithoutScoresNeitherEndsNorBeginsADetection() {
    List<ScoredWindow> windows = glass(0.1, 0.7, 0.9, 0.5, 0.1);
    SoundDetection whole = detections(windows).get(0);
    windows.set(3, withScores(windows.get(3)));
    List<SoundDetection> holed = detections(windows);
    assertThat(holed).extracting(SoundDetection::detectionId).containsExactly(whole.detectionId());
    assertThat(holed.get(0).score()).isEqualTo(whole.score());
    windows.set(0, withScores(windows.get(0)));
    assertThat(detections(windows)).hasSize(1);
  }

  @Test
  void aNewRunEndsWhatWasOn() {
    List<ScoredWindow> windows = glass(0.1, 0.7);
    for (int i = 0; i < 4; i++) {
      windows.add(window(9_000_000, i, 0.9f, 0, RUN_MICROS, 2));
    }
    List<SoundDetection> detections = detections(windows);
    assertThat(detections).extracting(SoundDetection::score).containsExactly(0.7f, 0.9f);
    assertThat(detections.get(1).onsetMicros()).isGreaterThanOrEqualTo(9_000_000);
  }

  @Test
  void runsInAnyOrderOfTheirWindowsGiveTheSameDetections() {
    List<ScoredWindow> windows = new ArrayList<>();
    // A run ends while glass is on, one of a single window follows, and one that begins with glass.
    for (double score : new double[] {0.1, 0.2, 0.1, 0.7, 0.8}) {
      windows.add(window(RUN_MICROS, windows.size(), (float) score, 0));
    }
    windows.add(window(7_000_000, 0, 0.9f, 0, RUN_MICROS, 5));
    for (int i = 0; i < 5; i++) {
      windows.add(window(9_000_000, i, i < 2 ? 0.65f : 0.1f, 0, 7_000_000, 1));
    }
    List<SoundDetection> inOrder = detections(windows);
    assertThat(inOrder).extracting(SoundDetection::score).containsExactly(0.8f, 0.9f, 0.65f);
    for (int seed = 0; seed < 500; seed++) {
      List<ScoredWindow> shuffled = new ArrayList<>(windows);
      // The first window comes first: nothing was sent before a sensor's first run.
      Collections.shuffle(shuffled.subList(1, shuffled.size()), new Random(seed));
      assertThat(detections(shuffled)).as("seed %d", seed).isEqualTo(inOrder);
    }
  }

  @Test
  void aRunIsTakenUpWithoutWaitingForMore() {
    TrackerState state = null;
    for (ScoredWindow window : glass(0.1, 0.1)) {
      state = tracker.accept(state, window).state();
    }
    state = tracker.accept(state, window(9_000_000, 0, 0.9f, 0, RUN_MICROS, 2)).state();
    assertThat(state.early()).isEmpty();
    assertThat(state.runStartMicros()).isEqualTo(9_000_000);
  }

  @Test
  void aForgottenSensorWhoseClockWasSetBackIsHeard() {
    TrackerState state = null;
    for (ScoredWindow window : glass(0.1, 0.7, 0.1)) {
      state = tracker.accept(state, window).state();
    }
    state = tracker.flush(state).state();
    List<SoundDetection> detections = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      var step = tracker.accept(state, window(1_000_000, i, i == 1 ? 0.9f : 0.1f, 0));
      state = step.state();
      detections.addAll(step.detections());
    }
    assertThat(detections).extracting(SoundDetection::score).containsExactly(0.9f);
  }

  @Test
  void stretchesWithFewWindowsBetweenAreOneDetectionWhereTheLabelSaysSo() {
    DetectionTracker merging = new DetectionTracker(TinyBundle.merging(folder, 2));
    // Two quiet windows between are merged, three are not; 0.5 is not on again.
    assertThat(detections(merging, glass(0.7, 0.2, 0.1, 0.8, 0.1))).hasSize(1);
    assertThat(detections(merging, glass(0.7, 0.2, 0.5, 0.2, 0.8, 0.1))).hasSize(2);
    assertThat(detections(tracker, glass(0.7, 0.2, 0.1, 0.8, 0.1))).hasSize(2);
  }

  @Test
  void theHighestSecondScoreOfTheStretchIsKept() {
    List<ScoredWindow> windows = glass(0.1, 0.7, 0.9, 0.8, 0.1);
    assertThat(detections(windows).get(0).secondScore()).isNull();
    windows.set(0, withSecond(windows.get(0), 0.99f));
    windows.set(1, withSecond(windows.get(1), 0.6f));
    windows.set(3, withSecond(windows.get(3), 0.4f));
    assertThat(detections(windows).get(0).secondScore()).isEqualTo(0.6f);
  }

  @Test
  void aWindowThatNeverComesIsGivenUp() {
    List<ScoredWindow> windows = glass(new double[DetectionTracker.MOST_EARLY_WINDOWS + 40]);
    windows.set(10, withGlass(windows.get(10), 0.8f));
    windows.remove(5);
    TrackerState state = null;
    List<SoundDetection> detections = new ArrayList<>();
    for (ScoredWindow window : windows) {
      DetectionTracker.Step step = tracker.accept(state, window);
      state = step.state();
      assertThat(state.early()).hasSizeLessThanOrEqualTo(DetectionTracker.MOST_EARLY_WINDOWS);
      detections.addAll(step.detections());
    }
    assertThat(detections).hasSize(1);
    assertThat(state).isNotNull();
    assertThat(state.early()).isEmpty();
  }

  @Test
  void flushingEndsWhatIsOnAndLeavesNothing() {
    DetectionTracker.Step on = tracker.accept(null, window(RUN_MICROS, 0, 0.7f, 0));
    assertThat(on.detections()).isEmpty();
    DetectionTracker.Step flushed = tracker.flush(on.state());
    assertThat(flushed.detections()).hasSize(1);
    assertThat(flushed.state().sounding()).isEmpty();
    assertThat(tracker.flush(flushed.state()).detections()).isEmpty();
  }

  private int windowOfFirstDetection(List<ScoredWindow> windows) {
    TrackerState state = null;
    for (int i = 0; i < windows.size(); i++) {
      DetectionTracker.Step step = tracker.accept(state, windows.get(i));
      state = step.state();
      if (!step.detections().isEmpty()) {
        return i;
      }
    }
    return -1;
  }

  private List<SoundDetection> detections(List<ScoredWindow> windows) {
    return detections(tracker, windows);
  }

  private static List<SoundDetection> detections(
      DetectionTracker tracker, List<ScoredWindow> windows) {
    List<SoundDetection> detections = new ArrayList<>();
    TrackerState state = null;
    for (ScoredWindow window : windows) {
      DetectionTracker.Step step = tracker.accept(state, window);
      state = step.state();
      detections.addAll(step.detections());
    }
    if (state != null) {
      detections.addAll(tracker.flush(state).detections());
    }
    return detections;
  }

  private static List<ScoredWindow> glass(double... scores) {
    List<ScoredWindow> windows = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      windows.add(window(RUN_MICROS, i, (float) scores[i], 0));
    }
    return windows;
  }

  private static List<ScoredWindow> cry(double... scores) {
    List<ScoredWindow> windows = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      windows.add(window(RUN_MICROS, i, 0, (float) scores[i]));
    }
    return windows;
  }

  private static ScoredWindow window(long runMicros, int index, float glass, float cry) {
    return window(runMicros, index, glass, cry, 0, 0);
  }

  private static ScoredWindow window(
      long runMicros,
      int index,
      float glass,
      float cry,
      long precedingMicros,
      long precedingWindows) {
    long start = runMicros + index * HOP_MICROS;
    return new ScoredWindow(
        "sensor",
        runMicros,
        index,
        start,
        start + 100_000,
        precedingMicros,
        precedingWindows,
        new float[] {glass, 0, cry},
        null,
        -20,
        new Onset(start + 30_000, 2_000, 10),
        "boot",
        100 + index,
        101 + index,
        "GPS",
        50);
  }

  private static ScoredWindow withGlass(ScoredWindow w, float glass) {
    return with(w, w.onset(), glass, 0, 0);
  }

  private static ScoredWindow withOnset(ScoredWindow w, Onset onset) {
    return with(w, onset, w.scores());
  }

  private static ScoredWindow withScores(ScoredWindow w, float... scores) {
    return with(w, w.onset(), scores);
  }

  private static ScoredWindow withSecond(ScoredWindow w, float glass) {
    return with(w, w.onset(), new float[] {glass, 0, 0}, w.scores());
  }

  private static ScoredWindow with(ScoredWindow w, Onset onset, float... scores) {
    return with(w, onset, w.secondScores(), scores);
  }

  private static ScoredWindow with(
      ScoredWindow w, Onset onset, float[] secondScores, float[] scores) {
    return new ScoredWindow(
        w.sensorId(),
        w.runStartMicros(),
        w.index(),
        w.startMicros(),
        w.endMicros(),
        w.precedingRunMicros(),
        w.precedingRunWindows(),
        scores,
        secondScores,
        w.levelDbfs(),
        onset,
        w.bootId(),
        w.firstSequence(),
        w.lastSequence(),
        w.clockSource(),
        w.clockUncertaintyMicros());
  }
}
