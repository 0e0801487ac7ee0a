package io.tocsin.stack.bench.cluster;

import java.util.List;
import java.util.function.IntFunction;

/**
 * A job and the records that are in its topic.
 *
 * @param name on the cluster
 * @param unit what is counted
 * @param metric that counts it, as Flink names it
 * @param records in all
 * @param settings beside those of Kafka and of where it runs, by how many threads run the model in
 *     a process
 * @param submission submits the job
 */
record LoadedJob(
    String name,
    String unit,
    String metric,
    long records,
    IntFunction<List<String>> settings,
    Submission submission) {

  /** Submits a job with such settings; returns when the cluster has it. */
  interface Submission {
    void submit(String... settings) throws Exception;
  }
}
