package io.tocsin.scoring.detect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a sensor between windows.
 *
 * @param runStartMicros the run that is being followed
 * @param nextIndex the window of it that follows
 * @param early windows that came before their turn
 * @param previous the last window taken, whose onset may belong to what begins now
 * @param sounding labels that are on
 */
public record TrackerState(
    long runStartMicros,
    long nextIndex,
    List<ScoredWindow> early,
    @Nullable ScoredWindow previous,
    List<Sounding> sounding) {

  /**
   * A label that is on.
   *
   * @param windows so far
   * @param bestOnset the strongest onset of its windows and the one before
   * @param emitted whether its detection is out
   */
  public record Sounding(
      String label,
      int windows,
      float bestScore,
      float lastScore,
      Onset bestOnset,
      float levelDbfs,
      long endMicros,
      long firstSequence,
      long lastSequence,
      boolean emitted) {}
}
