package io.tocsin.stack.bench.sink;

import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many records a group of sinks had written when, read from the offsets in the database: what
 * counts is committed.
 */
record SinkProgress(List<Sample> samples) {

  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /**
   * @param nanos on the clock of System.nanoTime
   */
  record Sample(long nanos, long records) {}

  SinkProgress {
    samples = List.copyOf(samples);
  }

  /**
   * Watches a sink until it has written so many records.
   *
   * @param from sum of the offsets where it begins
   * @throws StackException if it ends before
   */
  static SinkProgress watch(
      Connection connection, Child sink, String groupId, long from, long records)
      throws SQLException, InterruptedException {
    List<Sample> samples = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT coalesce(sum(next_offset), 0) FROM tocsin.consumer_offset WHERE group_id ="
                + " ?")) {
      statement.setString(1, groupId);
      long written = 0;
      while (written < records) {
        if (!sink.isAlive()) {
          throw new StackException("the sink ended; the end of its log:\n" + sink.lastLines());
        }
        Thread.sleep(LOOK_EVERY.toMillis());
        try (ResultSet result = statement.executeQuery()) {
          result.next();
          written = result.getLong(1) - from;
        }
        if (samples.isEmpty() || samples.get(samples.size() - 1).records() < written) {
          samples.add(new Sample(System.nanoTime(), written));
        }
      }
    }
    return new SinkProgress(samples);
  }

  /**
   * Records a second between two shares of all records, each from the first look that saw at least
   * that share.
   */
  double perSecond(double fromShare, double toShare) {
    Sample from = at(fromShare);
    Sample to = at(toShare);
    return (to.records() - from.records()) / ((to.nanos() - from.nanos()) / 1e9);
  }

  private Sample at(double share) {
    double wanted = share * samples.get(samples.size() - 1).records();
    return samples.stream().filter(s -> s.records() >= wanted).findFirst().orElseThrow();
  }
}
