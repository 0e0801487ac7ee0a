package io.tocsin.sink;

import io.tocsin.sink.BatchWriter.Written;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a sink does; any thread may read. */
final class SinkCounters {

  /** Told of each committed transaction. */
  interface CommitListener {
    void committed(int records, Duration took);
  }

  private CommitListener listener = (records, took) -> {};
  private long records;
  private long batches;
  private final Map<String, Long> rows = new TreeMap<>();
  private long deadLetters;
  private long retries;
  private Duration writing = Duration.ZERO;

  synchronized void committed(Batch batch, Written written, Duration took) {
    records += batch.records().size();
    batches++;
    written.rows().forEach((table, n) -> rows.merge(table, (long) n, Long::sum));
    deadLetters += written.refused();
    writing = writing.plus(took);
    listener.committed(batch.records().size(), took);
  }

  /** Replaces the listener. */
  synchronized void onCommit(CommitListener next) {
    listener = next;
  }

  synchronized void retried() {
    retries++;
  }

  synchronized SinkMetrics metrics() {
    return new SinkMetrics(records, batches, rows, deadLetters, retries, writing);
  }
}
