package io.tocsin.edge.spool;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a spool lies, how large and old it may grow, and when it is forced to the medium.
 *
 * @param folder of one process alone
 * @param segmentBytes a segment is closed when the next record would make it larger
 * @param maximumBytes of all segments together; at least two segments
 * @param maximumAge of a record; it goes with its segment, at most an eighth of this later
 * @param flushEveryRecords so many accepted records at most may be lost by a power cut; 1 forces
 *     each before it is accepted
 * @param flushEvery accepted records are forced at least so often; the other half of the window
 */
public record SpoolSettings(
    Path folder,
    long segmentBytes,
    long maximumBytes,
    Duration maximumAge,
    WhenFull whenFull,
    int flushEveryRecords,
    Duration flushEvery) {

  /** Size of a segment unless told otherwise. */
  public static final long SEGMENT_BYTES = 16L << 20;

  private static final long SMALLEST_SEGMENT_BYTES = 4096;
  private static final long LARGEST_SEGMENT_BYTES = 1L << 30;
  private static final Duration SHORTEST_AGE = Duration.ofSeconds(1);
  private static final Duration SHORTEST_FLUSH = Duration.ofMillis(10);
  private static final Duration LONGEST_FLUSH = Duration.ofMinutes(1);

  /** What happens to a record for which there is no room. */
  public enum WhenFull {
    /** The oldest segment makes room for it. */
    DROP_OLDEST,
    /** It is refused. */
    REJECT
  }

  /**
   * Refuses what cannot work.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public SpoolSettings {
    require(
        segmentBytes >= SMALLEST_SEGMENT_BYTES && segmentBytes <= LARGEST_SEGMENT_BYTES,
        "segment size is " + segmentBytes + " B; 4 KiB to 1 GiB");
    require(
        maximumBytes >= 2 * segmentBytes,
        "maximum size is "
            + maximumBytes
            + " B; at least two segments, that is "
            + 2 * segmentBytes
            + " B");
    require(
        maximumAge.compareTo(SHORTEST_AGE) >= 0,
        "maximum age is " + maximumAge + "; at least " + SHORTEST_AGE);
    require(
        flushEveryRecords >= 1, "flush every " + flushEveryRecords + " records; at least every 1");
    require(
        flushEvery.compareTo(SHORTEST_FLUSH) >= 0 && flushEvery.compareTo(LONGEST_FLUSH) <= 0,
        "flush every " + flushEvery + "; " + SHORTEST_FLUSH + " to " + LONGEST_FLUSH);
  }

  /** 2 GiB and a week, the oldest dropped, at most 64 records or half a second unforced. */
  public static SpoolSettings in(Path folder) {
    return new SpoolSettings(
        folder,
        SEGMENT_BYTES,
        2L << 30,
        Duration.ofDays(7),
        WhenFull.DROP_OLDEST,
        64,
        Duration.ofMillis(500));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("spool: " + otherwise);
    }
  }
}
