package io.tocsin.scoring.detect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a sensor between windows.
 *
 * @param outputs of the bundle that scored what is kept, in its order
 * @param runStartMicros the run that is being followed
 * @param nextIndex the window of it that follows
 * @param early windows that came before their turn
 * @param settled whether nothing was under way any more when it was flushed last: then a run of any
 *     age may follow
 * @param previous the last window taken, whose onset may belong to what begins now
 * @param sounding labels that are on
 */
public record TrackerState(
    List<String> outputs,
    long runStartMicros,
    long nextIndex,
    boolean settled,
    List<ScoredWindow> early,
    @Nullable ScoredWindow previous,
    List<Sounding> sounding) {

  /**
   * The same as another bundle would have left it: scores by the outputs' names, 0 for one that was
   * not known. Labels that it does not know are off; second opinions are left behind.
   */
  TrackerState of(List<String> otherOutputs) {
    if (otherOutputs.equals(outputs)) {
      return this;
    }
    ScoredWindow last = previous;
    return new TrackerState(
        List.copyOf(otherOutputs),
        runStartMicros,
        nextIndex,
        settled,
        early.stream().map(w -> translated(w, otherOutputs)).toList(),
        last == null ? null : translated(last, otherOutputs),
        sounding.stream().filter(s -> otherOutputs.contains(s.label())).toList());
  }

  private ScoredWindow translated(ScoredWindow window, List<String> otherOutputs) {
    if (window.scores().length == 0) {
      return window;
    }
    float[] scores = new float[otherOutputs.size()];
    for (int i = 0; i < scores.length; i++) {
      int was = outputs.indexOf(otherOutputs.get(i));
      scores[i] = was < 0 ? 0 : window.scores()[was];
    }
    return window.withScores(scores);
  }

  /**
   * A label that is on.
   *
   * @param windows at or above the off-threshold so far
   * @param quietWindows below it since
   * @param secondScore highest of a second bundle's; null without
   * @param bestOnset the strongest onset of its windows and the one before
   * @param emitted whether its detection is out
   */
  public record Sounding(
      String label,
      int windows,
      int quietWindows,
      float bestScore,
      float lastScore,
      @Nullable Float secondScore,
      Onset bestOnset,
      float levelDbfs,
      long endMicros,
      long firstSequence,
      long lastSequence,
      boolean emitted) {

    /** One window more below the off-threshold. */
    Sounding quieter(float score) {
      return new Sounding(
          label,
          windows,
          quietWindows + 1,
          bestScore,
          score,
          secondScore,
          bestOnset,
          levelDbfs,
          endMicros,
          firstSequence,
          lastSequence,
          emitted);
    }

    /** One window more at or above it. */
    Sounding louder(float score, @Nullable Float second, Onset onset, ScoredWindow window) {
      return new Sounding(
          label,
          windows + 1,
          0,
          Math.max(score, bestScore),
          score,
          second,
          onset,
          Math.max(levelDbfs, window.levelDbfs()),
          window.endMicros(),
          firstSequence,
          window.lastSequence(),
          emitted);
    }

    /** Its detection is out. */
    Sounding said() {
      return new Sounding(
          label,
          windows,
          quietWindows,
          bestScore,
          lastScore,
          secondScore,
          bestOnset,
          levelDbfs,
          endMicros,
          firstSequence,
          lastSequence,
          true);
    }
  }
}
