package io.tocsin.scoring.inference;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One row of a batch and who waits for it.
 *
 * @param reading the model's row as the answer
 * @param acceptedNanos {@link System#nanoTime} when it was asked
 */
record Request<T>(
    Task task,
    Row input,
    CompletableFuture<T> answer,
    Function<float[], T> reading,
    InferenceMetrics listener,
    long acceptedNanos) {

  /** A row of a batch, as given. */
  interface Row {

    /** Its numbers as the model takes them. */
    void into(float[] row);
  }

  /** Whoever gave up waiting (a timeout, a cancellation) needs no inference. */
  boolean isAbandoned() {
    return answer.isDone();
  }

  void complete(float[] row) {
    answer.complete(reading.apply(row));
  }

  void fail(ScoringException error) {
    answer.completeExceptionally(error);
  }
}
