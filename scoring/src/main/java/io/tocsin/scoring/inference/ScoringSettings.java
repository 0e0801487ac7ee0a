package io.tocsin.scoring.inference;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a process runs inference; names as in TensorFlow Serving's batching parameters.
 *
 * @param provider where
 * @param deviceIndex which CUDA device, from 0; without meaning on a CPU
 * @param callers threads that run the model at a time on a CPU, each with one intra-op thread: one
 *     a core. A CUDA device always has one.
 * @param maxBatchSize most windows in a batch
 * @param batchTimeout how long the first window of a batch waits for more; zero on a CPU
 * @param maxEnqueuedBatches batches that may wait; beyond that callers wait too (back-pressure)
 * @param allowedBatchSizes a batch is padded to the next of these, ascending, the last being
 *     maxBatchSize; empty for any size on a CPU, and for powers of two on CUDA
 */
public record ScoringSettings(
    Provider provider,
    int deviceIndex,
    int callers,
    int maxBatchSize,
    Duration batchTimeout,
    int maxEnqueuedBatches,
    List<Integer> allowedBatchSizes)
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
    if (deviceIndex < 0) {
      throw new IllegalArgumentException("deviceIndex is " + deviceIndex + "; 0 or more is wanted");
    }
    allowedBatchSizes = List.copyOf(allowedBatchSizes);
    int before = 0;
    for (int size : allowedBatchSizes) {
      if (size <= before) {
        throw notAllowed(allowedBatchSizes, maxBatchSize);
      }
      before = size;
    }
    if (!allowedBatchSizes.isEmpty() && before != maxBatchSize) {
      throw notAllowed(allowedBatchSizes, maxBatchSize);
    }
  }

  private static IllegalArgumentException notAllowed(List<Integer> sizes, int maxBatchSize) {
    return new IllegalArgumentException(
        "allowedBatchSizes are "
            + sizes
            + "; ascending sizes from 1 are wanted, the last being maxBatchSize "
            + maxBatchSize);
  }

  /** Batches of any size up to {@code maxBatchSize}, on device 0 where CUDA is used. */
  public ScoringSettings(
      Provider provider,
      int callers,
      int maxBatchSize,
      Duration batchTimeout,
      int maxEnqueuedBatches) {
    this(provider, 0, callers, maxBatchSize, batchTimeout, maxEnqueuedBatches, List.of());
  }

  /** Rows of the batch that {@code windows} windows, at most maxBatchSize, go in. */
  int paddedSize(int windows) {
    for (int size : allowedBatchSizes) {
      if (size >= windows) {
        return size;
      }
    }
    return windows;
  }

  /** These settings where AUTO turned out to be {@code actual}: CPU or CUDA. */
  ScoringSettings on(Provider actual) {
    boolean cuda = actual == Provider.CUDA;
    return new ScoringSettings(
        actual,
        cuda ? deviceIndex : 0,
        cuda ? 1 : callers,
        maxBatchSize,
        batchTimeout,
        maxEnqueuedBatches,
        cuda && allowedBatchSizes.isEmpty() ? powersOfTwo(maxBatchSize) : allowedBatchSizes);
  }

  /** Each new shape costs a CUDA device a search for its algorithms, so there are few. */
  private static List<Integer> powersOfTwo(int last) {
    List<Integer> sizes = new ArrayList<>();
    for (int size = 1; size < last; size *= 2) {
      sizes.add(size);
    }
    sizes.add(last);
    return sizes;
  }

  /** One caller a core of this machine, small batches, no waiting. */
  public static ScoringSettings cpu() {
    return new ScoringSettings(
        Provider.CPU, Runtime.getRuntime().availableProcessors(), 16, Duration.ZERO, 8);
  }

  /** One device thread, batches of fixed sizes that wait a little to fill. */
  public static ScoringSettings cuda(int deviceIndex) {
    return new ScoringSettings(
        Provider.CUDA, deviceIndex, 1, 128, Duration.ofMillis(5), 4, powersOfTwo(128));
  }
}
