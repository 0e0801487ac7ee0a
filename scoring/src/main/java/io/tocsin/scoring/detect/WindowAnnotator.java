package io.tocsin.scoring.detect;

import io.tocsin.audio.Levels;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.WindowScores;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.Lane;
import io.tocsin.scoring.window.OrderedEmbedding;
import org.jspecify.annotations.Nullable;

/** Puts a model's scores on the window that they are of, with its level and onset. Thread-safe. */
public final class WindowAnnotator {

  private final ModelBundle bundle;
  private final OnsetPicker onsets;
  private final long lengthMicros;

  public WindowAnnotator(ModelBundle bundle) {
    this.bundle = bundle;
    this.onsets = new OnsetPicker(bundle.sampleRateHertz());
    this.lengthMicros = bundle.windowSamples() * 1_000_000L / bundle.sampleRateHertz();
  }

  /**
   * The window as {@link DetectionTracker} takes it.
   *
   * @param scores of the window
   */
  public ScoredWindow annotated(AudioWindow window, WindowScores scores) {
    return annotated(window, scores.scores(), scores.secondScores());
  }

  /** A window that could not be scored. */
  public ScoredWindow unscored(AudioWindow window) {
    return annotated(window, new float[0], null);
  }

  private ScoredWindow annotated(
      AudioWindow window, float[] scores, float @Nullable [] secondScores) {
    // The onset costs a third of the inference, and only what may become a detection needs it.
    Onset onset =
        mayBelongToDetection(scores) ? onsets.pick(window) : noOnset(window.startMicros());
    return new ScoredWindow(
        window.sensorId(),
        window.runStartMicros(),
        window.index(),
        window.startMicros(),
        window.startMicros() + lengthMicros,
        window.precedingRunMicros(),
        window.precedingRunWindows(),
        scores,
        secondScores,
        (float) Levels.rmsDbfs(window.samples()),
        onset,
        window.bootId(),
        window.firstSequence(),
        window.lastSequence(),
        window.clockSource(),
        window.clockUncertaintyMicros(),
        window.lane(),
        window.storedMillis(),
        window.trace());
  }

  /**
   * A window from the edge as {@link DetectionTracker} takes it: as its audio would have given it.
   *
   * @param scores of its embedding
   */
  public ScoredWindow annotated(OrderedEmbedding ordered, WindowScores scores) {
    return annotated(ordered, scores.scores());
  }

  /** A window from the edge that could not be scored. */
  public ScoredWindow unscored(OrderedEmbedding ordered) {
    return annotated(ordered, new float[0]);
  }

  private ScoredWindow annotated(OrderedEmbedding ordered, float[] scores) {
    EmbeddedWindow window = ordered.window();
    Long onsetMicros = window.onsetMicros();
    Onset onset =
        onsetMicros != null && mayBelongToDetection(scores)
            ? new Onset(onsetMicros, window.onsetSigmaMicros(), window.onsetStrengthDecibels())
            : noOnset(window.startMicros());
    return new ScoredWindow(
        window.sensorId(),
        ordered.runStartMicros(),
        ordered.index(),
        window.startMicros(),
        window.startMicros() + lengthMicros,
        ordered.precedingRunMicros(),
        ordered.precedingRunWindows(),
        scores,
        null,
        window.levelDbfs(),
        onset,
        window.bootId(),
        window.sequence(),
        window.sequence(),
        window.clockSource(),
        window.clockUncertaintyMicros(),
        // Stored windows come in their place, so that they need no lane of their own.
        Lane.LIVE,
        window.storedMillis(),
        window.trace());
  }

  /** Somewhere in the window, and weaker than any. */
  private Onset noOnset(long startMicros) {
    return new Onset(startMicros, lengthMicros, Double.NEGATIVE_INFINITY);
  }

  private boolean mayBelongToDetection(float[] scores) {
    if (scores.length == 0) {
      return false;
    }
    for (LabelSpec label : bundle.labels()) {
      if (scores[bundle.outputs().indexOf(label.name())] >= label.offThreshold()) {
        return true;
      }
    }
    return false;
  }
}
