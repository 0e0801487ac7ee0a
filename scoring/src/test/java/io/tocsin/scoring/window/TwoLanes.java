package io.tocsin.scoring.window;

import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.WindowScores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Both of a sensor's lanes, as ScoringJob goes through them. */
final class TwoLanes {

  static final long START_MICROS = 1_800_000_000_000_000L;

  private final WindowCutter live =
      new WindowCutter(TinyBundle.RATE, TinyBundle.WINDOW, TinyBundle.HOP, Duration.ofMillis(500));
  private final StoredCutter stored =
      new StoredCutter(TinyBundle.RATE, TinyBundle.WINDOW, TinyBundle.HOP);

  /** What came out. */
  record Heard(List<AudioWindow> windows, int duplicates, int late, int givenUp, int edges) {}

  Heard hear(List<FrameAudio> frames) {
    CutterState state = null;
    StoredLane lane = null;
    List<AudioWindow> windows = new ArrayList<>();
    int duplicates = 0;
    int late = 0;
    int givenUp = 0;
    int edges = 0;
    for (int i = 0; i <= frames.size(); i++) {
      StoredCutter.Step step = null;
      if (i < frames.size() && StoredCutter.takes(lane, state, frames.get(i))) {
        step = stored.accept(lane, state, frames.get(i));
      } else {
        CutResult cut = i < frames.size() ? live.accept(state, frames.get(i)) : live.flush(state);
        windows.addAll(cut.windows());
        duplicates += cut.duplicates();
        late += cut.late();
        state = cut.state();
        if (cut.leavesHole()) {
          step = stored.leave(lane, cut);
        }
      }
      if (step != null) {
        windows.addAll(step.windows());
        duplicates += step.duplicates();
        givenUp += step.givenUp();
        lane = step.lane();
        edges = Math.max(edges, StoredLane.edges(lane.ends(), lane.heads()));
      }
    }
    return new Heard(windows, duplicates, late, givenUp, edges);
  }

  /** Detections with their onsets, told as far as they do not depend on the frames. */
  Map<String, Long> detections(List<AudioWindow> windows) {
    Map<String, Long> detections = new HashMap<>();
    for (Lane lane : Lane.values()) {
      TrackerState state = null;
      List<SoundDetection> found = new ArrayList<>();
      for (AudioWindow window : windows) {
        if (window.lane() == lane) {
          var step =
              Bundle.TRACKER.accept(
                  state,
                  Bundle.ANNOTATOR.annotated(window, new WindowScores(scores(window.samples()))));
          state = step.state();
          found.addAll(step.detections());
        }
      }
      if (state != null) {
        found.addAll(Bundle.TRACKER.flush(state).detections());
      }
      for (SoundDetection d : found) {
        detections.put(
            "%s %s %s %d %d %d"
                .formatted(
                    d.detectionId(),
                    d.label(),
                    d.score(),
                    d.onsetMicros(),
                    d.onsetSigmaMicros(),
                    d.endMicros()),
            d.onsetMicros());
      }
    }
    return detections;
  }

  /** Bursts that die away over a hum. */
  static short[] audio(int samples) {
    Random random = new Random(7);
    short[] audio = new short[samples];
    double loud = 0;
    for (int i = 0; i < audio.length; i++) {
      loud = random.nextInt(TinyBundle.RATE * 2) == 0 ? 8_000 : loud * 0.99;
      double steady = 300 * Math.sin(i * 0.31) + random.nextGaussian() * 100;
      audio[i] = (short) (steady + random.nextGaussian() * loud);
    }
    return audio;
  }

  /** Loudness for glass, that of what swells for a cry. */
  private static float[] scores(short[] samples) {
    double first = 1;
    double second = 1;
    for (int i = 0; i < samples.length; i++) {
      if (i < samples.length / 2) {
        first += Math.abs(samples[i]);
      } else {
        second += Math.abs(samples[i]);
      }
    }
    float loud = (float) Math.min(1, (first + second) / samples.length / 2_000);
    return new float[] {loud, 1 - loud, second > first ? loud : loud / 5};
  }

  private static final class Bundle {
    static final io.tocsin.scoring.bundle.ModelBundle TINY;
    static final DetectionTracker TRACKER;
    static final WindowAnnotator ANNOTATOR;

    static {
      try {
        java.nio.file.Path folder = java.nio.file.Files.createTempDirectory("two-lanes");
        TINY = TinyBundle.in(folder);
        try (var files = java.nio.file.Files.list(folder)) {
          for (java.nio.file.Path file : files.toList()) {
            java.nio.file.Files.delete(file);
          }
        }
        java.nio.file.Files.delete(folder);
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      TRACKER = new DetectionTracker(TINY);
      ANNOTATOR = new WindowAnnotator(TINY);
    }
  }
}
