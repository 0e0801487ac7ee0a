package io.tocsin.scoring.window;

import java.util.List;

/**
 * What is kept of a sensor that sends embeddings.
 *
 * @param bootId of the newest window taken
 * @param nextSequence the window that follows
 * @param runStartMicros first sample of the current run
 * @param runSequence sequence of the run's first window
 * @param precedingRunMicros start of the run before; 0 without
 * @param precedingRunWindows number of its windows
 * @param early windows that wait for one before them, at most {@link EmbeddingOrder#MOST_EARLY}
 */
public record EmbeddingOrderState(
    String bootId,
    long nextSequence,
    long runStartMicros,
    long runSequence,
    long precedingRunMicros,
    long precedingRunWindows,
    List<EmbeddedWindow> early) {

  /**
   * Whether windows wait for one before them. Where nothing more comes, that one is lost: {@link
   * EmbeddingOrder#flush}.
   */
  public boolean waiting() {
    return !early.isEmpty();
  }
}
