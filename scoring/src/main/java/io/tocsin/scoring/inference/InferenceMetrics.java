package io.tocsin.scoring.inference;

/**
 * What a scorer tells of its work; called from the threads that run the model, so an implementation
 * is quick and thread-safe. Each window and each batch is told to one listener only, that of
 * whoever asked for the (oldest) window, so sums over the listeners of a shared model count nothing
 * twice.
 */
public interface InferenceMetrics {

  /** Hears nothing. */
  InferenceMetrics NONE = new InferenceMetrics() {};

  /**
   * A batch went through the model.
   *
   * @param windows those of them that were asked for
   * @param paddedWindows those that only fill up the batch to an allowed size
   * @param inferenceNanos time in the model, without filling and answering
   */
  default void batch(int windows, int paddedWindows, long inferenceNanos) {}

  /** A window waited so long from being accepted to the beginning of its batch. */
  default void queueWait(long nanos) {}

  /** A window was answered with an error. */
  default void failed() {}
}
