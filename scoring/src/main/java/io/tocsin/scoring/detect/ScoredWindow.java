package io.tocsin.scoring.detect;

import io.tocsin.scoring.window.Lane;
import org.jspecify.annotations.Nullable;

/**
 * A window's scores and what else its samples tell.
 *
 * @param precedingRunMicros start of the sensor's last run before this one that gave a window; 0
 *     when there is none
 * @param precedingRunWindows number of windows of that run
 * @param scores one a bundle output, or empty when the window could not be scored
 * @param secondScores a second bundle's, one for each of the first's labels in their order, NaN for
 *     a label that it does not know; null when it was not asked
 * @param levelDbfs root-mean-square level
 * @param lane that it was cut in; each has runs of its own
 * @param storedMillis how long the sensor had kept its audio; 0 for live audio
 * @param trace of what brought the window out; null for none
 */
public record ScoredWindow(
    String sensorId,
    long runStartMicros,
    long index,
    long startMicros,
    long endMicros,
    long precedingRunMicros,
    long precedingRunWindows,
    float[] scores,
    float @Nullable [] secondScores,
    float levelDbfs,
    Onset onset,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros,
    Lane lane,
    long storedMillis,
    @Nullable String trace) {

  /** A window of live audio. */
  public ScoredWindow(
      String sensorId,
      long runStartMicros,
      long index,
      long startMicros,
      long endMicros,
      long precedingRunMicros,
      long precedingRunWindows,
      float[] scores,
      float @Nullable [] secondScores,
      float levelDbfs,
      Onset onset,
      String bootId,
      long firstSequence,
      long lastSequence,
      String clockSource,
      long clockUncertaintyMicros) {
    this(
        sensorId,
        runStartMicros,
        index,
        startMicros,
        endMicros,
        precedingRunMicros,
        precedingRunWindows,
        scores,
        secondScores,
        levelDbfs,
        onset,
        bootId,
        firstSequence,
        lastSequence,
        clockSource,
        clockUncertaintyMicros,
        Lane.LIVE,
        0,
        null);
  }

  /** The same window with one bundle's scores alone. */
  ScoredWindow withScores(float[] others) {
    return new ScoredWindow(
        sensorId,
        runStartMicros,
        index,
        startMicros,
        endMicros,
        precedingRunMicros,
        precedingRunWindows,
        others,
        null,
        levelDbfs,
        onset,
        bootId,
        firstSequence,
        lastSequence,
        clockSource,
        clockUncertaintyMicros,
        lane,
        storedMillis,
        trace);
  }
}
