package io.tocsin.jobs.scoring;

import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.scoring.inference.Provider;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.window.WindowCutter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of ScoringJob.
 *
 * @param bundle folder of the model bundle, the same path on every TaskManager
 * @param provider CPU, CUDA or AUTO; default CPU
 * @param callers threads that run the model in a TaskManager; default one a core
 * @param maxBatchSize windows in a batch; default 16 on a CPU, where batches gain nothing, else 128
 * @param batchTimeout wait for a fuller batch; default none on a CPU, 5 ms on CUDA
 * @param maxEnqueuedBatches batches that may wait for the model; default 8
 * @param allowedBatchSizes sizes that batches are padded to; default any on a CPU, powers of two on
 *     CUDA
 * @param shadowBundle folder of a bundle on trial: it scores the same windows where there is time,
 *     and its detections go to a topic of their own; none by default
 * @param capacity windows of a subtask that may be under way; at least twice the batch; default
 *     eight batches
 * @param disorderBound how much later audio may wait for a missing frame; default and at most PT1S
 * @param silenceFlush without audio for so long a missing frame is given up and a sensor's open
 *     detections end; default PT30S
 * @param forgetAfter without a frame for so long a sensor's samples are forgotten; default P7D, for
 *     as long as a sensor that comes back may bring what it stored
 * @param storedWithin for so long after the last stored frame the next one is awaited where frames
 *     are missing; default PT1H
 */
public record ScoringJobSettings(
    KafkaSettings kafka,
    @Nullable JobEnvironment environment,
    String bundle,
    Provider provider,
    @Nullable Integer callers,
    int maxBatchSize,
    @Nullable Duration batchTimeout,
    int maxEnqueuedBatches,
    List<Integer> allowedBatchSizes,
    @Nullable String shadowBundle,
    int capacity,
    Duration disorderBound,
    Duration silenceFlush,
    Duration forgetAfter,
    Duration storedWithin) {

  @SuppressWarnings("ConstantValue")
  public ScoringJobSettings {
    if (kafka == null) {
      throw new SettingsException("kafka is missing; give kafka.bootstrapServers and the rest");
    }
    JobEnvironment.requireFor(kafka, environment);
    if (bundle == null || bundle.isBlank()) {
      throw new SettingsException("bundle is missing; give the folder of a model bundle");
    }
    provider = provider == null ? Provider.CPU : provider;
    maxBatchSize = maxBatchSize == 0 ? defaults(provider).maxBatchSize() : maxBatchSize;
    maxEnqueuedBatches = maxEnqueuedBatches == 0 ? 8 : maxEnqueuedBatches;
    allowedBatchSizes = allowedBatchSizes == null ? List.of() : List.copyOf(allowedBatchSizes);
    capacity = capacity == 0 ? 8 * maxBatchSize : capacity;
    if (capacity < 2 * maxBatchSize) {
      throw new SettingsException(
          "capacity is " + capacity + ", under twice maxBatchSize " + maxBatchSize);
    }
    batchTimeout = batchTimeout == null ? defaults(provider).batchTimeout() : batchTimeout;
    disorderBound = disorderBound == null ? WindowCutter.MOST_EARLY : disorderBound;
    silenceFlush = silenceFlush == null ? Duration.ofSeconds(30) : silenceFlush;
    forgetAfter = forgetAfter == null ? Duration.ofDays(7) : forgetAfter;
    storedWithin = storedWithin == null ? Duration.ofHours(1) : storedWithin;
  }

  private static ScoringSettings defaults(Provider provider) {
    return provider == Provider.CPU ? ScoringSettings.cpu() : ScoringSettings.cuda(0);
  }

  /**
   * Windows of a subtask that may be under way to the bundle on trial: more than its model and the
   * queue before it ever hold, so that the trial never waits for room here.
   */
  int shadowCapacity() {
    ScoringSettings scoring = inference().scoring();
    return (scoring.maxEnqueuedBatches() + scoring.callers() + 1) * scoring.maxBatchSize();
  }

  InferenceSettings inference() {
    return new InferenceSettings(
        bundle,
        new ScoringSettings(
            provider,
            0,
            callers == null ? Runtime.getRuntime().availableProcessors() : callers,
            maxBatchSize,
            Objects.requireNonNull(batchTimeout, "it has a default"),
            maxEnqueuedBatches,
            allowedBatchSizes));
  }
}
