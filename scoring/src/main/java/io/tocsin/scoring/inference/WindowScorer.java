package io.tocsin.scoring.inference;

import java.util.concurrent.CompletableFuture;

/** Scores windows of sound; safe for use by several threads. */
public interface WindowScorer extends AutoCloseable {

  /**
   * Asks for a window's scores. Blocks while the queue is full: that is the back-pressure.
   *
   * @param samples 16-bit samples at the bundle's rate, exactly a window; not changed until the
   *     answer is there
   * @return the scores, or a {@link ScoringException} for this window alone
   */
  CompletableFuture<WindowScores> score(short[] samples) throws InterruptedException;

  @Override
  void close();
}
