package io.tocsin.scoring.inference;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a process runs inference; names as in TensorFlow Serving's batching parameters.
 *
 * @param provider where
 * @param callers threads that run the model at a time, each with one intra-op thread; on a CPU one
 *     a core, as batching gains nothing there
 * @param maxBatchSize most windows in a batch
 * @param batchTimeout how long the first window of a batch waits for more; zero on a CPU
 * @param maxEnqueuedBatches batches that may wait; beyond that callers wait too (back-pressure)
 */
public record ScoringSettings(
    Provider provider, int callers, int maxBatchSize, Duration batchTimeout, int maxEnqueuedBatches)
    implements Serializable {

  public ScoringSettings {
    if (callers < 1 || maxBatchSize < 1 || maxEnqueuedBatches < 1 || batchTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "callers "
              + callers
              + ", maxBatchSize "
              + maxBatchSize
              + ", maxEnqueuedBatches "
              + maxEnqueuedBatches
              + ", batchTimeout "
              + batchTimeout
              + ": counts are 1 or more, the timeout 0 or more");
    }
  }

  /** One caller a core, small batches, no waiting. */
  public static ScoringSettings cpu() {
    return new ScoringSettings(
        Provider.CPU, Runtime.getRuntime().availableProcessors(), 16, Duration.ZERO, 8);
  }
}
