package io.tocsin.scoring.cli;

import io.tocsin.audio.AudioClip;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.ScoringException;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.inference.WindowScores;
import io.tocsin.scoring.window.AudioWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Scores a whole clip as the stream would, with time counted from the clip's first sample. */
public final class ClipScorer {

  /**
   * What was heard in a clip.
   *
   * @param windows all of it, in order; instants are microseconds from the clip's first sample
   * @param detections in the order in which they came out; instants likewise
   */
  public record Heard(List<ScoredWindow> windows, List<SoundDetection> detections) {}

  private final WindowScorer scorer;
  private final ClipWindows clips;
  private final DetectionTracker tracker;
  private final WindowAnnotator annotator;

  /** The scorer stays the caller's to close. */
  public ClipScorer(ModelBundle bundle, WindowScorer scorer) {
    this.scorer = scorer;
    this.clips = new ClipWindows(bundle);
    this.tracker = new DetectionTracker(bundle);
    this.annotator = new WindowAnnotator(bundle);
  }

  /**
   * Scores a clip of any rate. The last window is filled up with silence; a clip without samples
   * has no windows.
   *
   * @param name stands for the sensor in what comes back
   * @throws ScoringException if the model fails on a window
   */
  public Heard score(String name, AudioClip clip) throws InterruptedException {
    List<AudioWindow> windows = clips.of(name, clip);
    List<CompletableFuture<WindowScores>> answers = new ArrayList<>(windows.size());
    for (AudioWindow window : windows) {
      answers.add(scorer.score(window.samples()));
    }
    List<ScoredWindow> scored = new ArrayList<>(windows.size());
    for (int i = 0; i < windows.size(); i++) {
      scored.add(annotator.annotated(windows.get(i), Answers.of(answers.get(i))));
    }
    return new Heard(List.copyOf(scored), detections(scored));
  }

  private List<SoundDetection> detections(List<ScoredWindow> windows) {
    List<SoundDetection> detections = new ArrayList<>();
    @Nullable TrackerState state = null;
    for (ScoredWindow window : windows) {
      DetectionTracker.Step step = tracker.accept(state, window);
      state = step.state();
      detections.addAll(step.detections());
    }
    if (state != null) {
      detections.addAll(tracker.flush(state).detections());
    }
    return List.copyOf(detections);
  }
}
