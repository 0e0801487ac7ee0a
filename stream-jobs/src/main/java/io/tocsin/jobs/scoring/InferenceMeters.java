package io.tocsin.jobs.scoring;

import io.tocsin.scoring.inference.InferenceMetrics;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MeterView;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What a model does, where Flink reports it. */
final class InferenceMeters implements InferenceMetrics {

  private static final int KEPT = 1_000;

  private final Histogram batchSize;
  private final Histogram queueWaitMicros;
  private final Histogram inferenceMicros;
  private final Counter paddedWindows;
  private final Counter scored;
  private final Counter failed;

  /**
   * Registers its metrics.
   *
   * @param group of the operator that asks the model
   */
  InferenceMeters(MetricGroup group) {
    batchSize = group.histogram("batchSize", new DescriptiveStatisticsHistogram(KEPT));
    queueWaitMicros = group.histogram("queueWaitMicros", new DescriptiveStatisticsHistogram(KEPT));
    inferenceMicros = group.histogram("inferenceMicros", new DescriptiveStatisticsHistogram(KEPT));
    // The model's threads count, not the task's.
    paddedWindows = group.counter("windowsPadded", new ThreadSafeSimpleCounter());
    scored = group.counter("windowsScored", new ThreadSafeSimpleCounter());
    failed = group.counter("windowsFailed", new ThreadSafeSimpleCounter());
    group.meter("windowsPerSecond", new MeterView(scored));
  }

  @Override
  public void batch(int windows, int padded, long inferenceNanos) {
    batchSize.update(windows);
    inferenceMicros.update(inferenceNanos / 1_000);
    paddedWindows.inc(padded);
  }

  @Override
  public void queueWait(long nanos) {
    queueWaitMicros.update(nanos / 1_000);
  }

  /** A window's scores go on. */
  void scored() {
    scored.inc();
  }

  /** A window goes on without scores. */
  void unscored() {
    failed.inc();
  }
}
