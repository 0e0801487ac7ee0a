package io.tocsin.stack.faults;

import io.tocsin.stack.cluster.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Looks again and again which of a fleet's detections are in the database, and since when. */
final class RowWatch implements AutoCloseable {

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final int ANSWER_WITHIN_MILLIS = 3_000;

  private final Cluster cluster;
  private final Fleet fleet;
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private final Thread thread;

  RowWatch(Cluster cluster, Fleet fleet) {
    this.cluster = cluster;
    this.fleet = fleet;
    this.thread = new Thread(this::watch, "watch-" + fleet.name());
    thread.setDaemon(true);
    thread.start();
  }

  Fleet fleet() {
    return fleet;
  }

  /** By detection's line, when it was first there: microseconds from the load's beginning. */
  Map<String, Long> seen() {
    return Map.copyOf(seen);
  }

  private void watch() {
    while (!Thread.currentThread().isInterrupted()) {
      try (Connection connection = cluster.connect()) {
        // A network that is cut says nothing.
        connection.setNetworkTimeout(Runnable::run, ANSWER_WITHIN_MILLIS);
        while (!Thread.currentThread().isInterrupted()) {
          for (String line : StoredOutcomes.detections(connection, fleet)) {
            seen.putIfAbsent(line, fleet.loadMicros(now()));
          }
          Thread.sleep(LOOK_EVERY.toMillis());
        }
      } catch (SQLException e) {
        // The database is away, as planned.
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_EVERY.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
