package io.tocsin.scoring.inference;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a bundle on windows of sound; safe for use by several threads. Each request is answered
 * exactly once, with a {@link ScoringException} where it fails. Requests block while the queue is
 * full: that is the back-pressure. What is given is not to be changed until the answer is there.
 */
public interface WindowScorer extends AutoCloseable {

  /**
   * Asks for a window's scores: backbone, then head.
   *
   * @param samples 16-bit samples at the bundle's rate, exactly a window
   */
  CompletableFuture<WindowScores> score(short[] samples) throws InterruptedException;

  /**
   * Asks for a window's scores if there is room in the queue now: for work that may be left out.
   *
   * @param samples as {@link #score} takes them
   * @return empty when the queue is full or closed
   */
  Optional<CompletableFuture<WindowScores>> tryScore(short[] samples);

  /**
   * Asks for a window's embedding: the backbone alone, as an edge device runs it.
   *
   * @param samples 16-bit samples at the bundle's rate, exactly a window
   * @return the embedding, in the backbone's order
   */
  CompletableFuture<float[]> embed(short[] samples) throws InterruptedException;

  /**
   * Asks for the scores of an embedding that the same bundle's backbone made: the head alone.
   *
   * @param embedding as {@link #embed} gives it; from a float16 vector by {@link Float16}
   */
  CompletableFuture<WindowScores> scoreEmbedding(float[] embedding) throws InterruptedException;

  /**
   * Ends the use; what still waits is answered, with an error where nobody else uses the model. Not
   * to be called from an answer's callback, whose thread it would wait for.
   */
  @Override
  void close();
}
