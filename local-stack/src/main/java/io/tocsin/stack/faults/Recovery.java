package io.tocsin.stack.faults;

import java.time.Duration;
import java.util.Map;

/** How long a fault was felt. */
final class Recovery {

  /** What comes so much later than without a fault is late; one look and a slow moment are not. */
  private static final Duration LATE = Duration.ofSeconds(2);

  private Recovery() {}

  /**
   * Seconds from a fault until the last row that it made late was in the database; 0 where it made
   * none late.
   *
   * @param reference by row, when it was there without a fault: microseconds of the load
   * @param seen the same with the fault; rows that never came count for nothing here
   * @param faultMicros when the fault struck, microseconds of the load
   */
  static double seconds(Map<String, Long> reference, Map<String, Long> seen, long faultMicros) {
    return seen.entrySet().stream()
            .filter(row -> row.getValue() > faultMicros)
            .filter(
                row ->
                    row.getValue() - LATE.toNanos() / 1_000
                        > reference.getOrDefault(row.getKey(), Long.MAX_VALUE))
            .mapToLong(row -> row.getValue() - faultMicros)
            .max()
            .orElse(0)
        / 1e6;
  }
}
