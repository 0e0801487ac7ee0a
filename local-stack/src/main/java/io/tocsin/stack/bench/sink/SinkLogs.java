package io.tocsin.stack.bench.sink;

import io.tocsin.stack.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** What a sink's log tells of where it is. */
final class SinkLogs {

  private static final Duration START_WITHIN = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final String AT_WORK = "event=claimed";

  private SinkLogs() {}

  /** Waits until a sink holds partitions, until it has ended, or for half a minute. */
  static void awaitAtWork(Child sink) throws InterruptedException {
    long deadline = System.nanoTime() + START_WITHIN.toNanos();
    while (sink.isAlive() && System.nanoTime() < deadline) {
      try {
        if (Files.readString(sink.log()).contains(AT_WORK)) {
          return;
        }
      } catch (IOException e) {
        // The log is not there yet.
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }
}
