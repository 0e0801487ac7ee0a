package io.tocsin.scoring.detect;

import io.tocsin.audio.Levels;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.AudioWindow;
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
   * @param scores one an output of the bundle; empty where the model failed
   */
  public ScoredWindow annotated(AudioWindow window, float[] scores) {
    return annotated(window, scores, null);
  }

  /**
   * As {@link #annotated(AudioWindow, float[])}, with a second opinion.
   *
   * @param secondScores a second bundle's, in the order of this one's outputs; null when it was not
   *     asked
   */
  public ScoredWindow annotated(
      AudioWindow window, float[] scores, float @Nullable [] secondScores) {
    // The onset costs a third of the inference, and only what may become a detection needs it.
    Onset onset =
        mayBelongToDetection(scores)
            ? onsets.pick(window)
            : new Onset(window.startMicros(), lengthMicros, Double.NEGATIVE_INFINITY);
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
        window.clockUncertaintyMicros());
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
