package io.tocsin.sink;

import java.time.Duration;
import java.util.Map;

/**
 * What a sink has done since it started.
 *
 * @param records Kafka records in written batches
 * @param batches committed transactions
 * @param rows rows changed, by table
 * @param deadLetters records that this sink refused
 * @param retries attempts that failed for want of the database or the registry
 * @param writing time spent in committed transactions, decoding included
 */
public record SinkMetrics(
    long records,
    long batches,
    Map<String, Long> rows,
    long deadLetters,
    long retries,
    Duration writing) {

  public SinkMetrics {
    rows = Map.copyOf(rows);
  }
}
