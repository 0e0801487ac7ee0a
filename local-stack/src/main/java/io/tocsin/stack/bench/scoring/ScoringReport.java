package io.tocsin.stack.bench.scoring;

import java.util.List;

/**
 * What {@code bench scoring} prints.
 *
 * @param bundle id, version and digest
 * @param cores that the JVM sees
 * @param windows scored in each repetition of each way
 * @param plainConsumer one Kafka consumer that reads and scores in one loop, ONNX Runtime on all
 *     cores
 * @param plainConsumerPerCore such a consumer for every core, the topic's partitions split by hand
 * @param ratioToBare median of the repetitions' own ratios of scoringJob to bareOrt
 * @param ratioToPlain likewise to plainConsumer
 * @param ratioToPlainPerCore likewise to plainConsumerPerCore
 */
public record ScoringReport(
    String bundle,
    int cores,
    long windows,
    Rate bareOrt,
    Rate plainConsumer,
    Rate plainConsumerPerCore,
    Rate scoringJob,
    double ratioToBare,
    double ratioToPlain,
    double ratioToPlainPerCore,
    Latency latencyMillis) {

  /**
   * A rate.
   *
   * @param windowsPerSecond median
   * @param repetitions each of them, in the order in which they ran
   * @param setting how the model was called
   */
  public record Rate(double windowsPerSecond, List<Double> repetitions, String setting) {}

  /**
   * Open-loop latency from the end of the window that lets a detection come out to a consumer's
   * having read it.
   *
   * @param windowsPerSecond the load
   * @param sensors that made it
   * @param frameMillis length of their frames, part of which a window waits for
   * @param detections measured
   * @param missing detections that the same audio gives outside of the job, but were not read
   */
  public record Latency(
      double p50,
      double p99,
      double windowsPerSecond,
      int sensors,
      int frameMillis,
      int detections,
      int missing) {}
}
