package io.tocsin.edge.spool;

import java.time.Duration;
import java.util.Map;

/**
 * What a spool holds and what became of what it held.
 *
 * @param depth records neither acknowledged nor lost; those of unread segments are not in it yet
 * @param waiting those of them that nobody has claimed
 * @param unreadSegments found at the start and not looked into yet
 * @param bytes on disk
 * @param oldest age of the oldest record in {@code depth}; zero when there is none
 * @param appended since the start
 * @param acknowledged since the start
 * @param unflushed accepted and not forced to the medium yet
 * @param losses records by reason since the folder was made, also of earlier runs
 * @param faults of the disk since the start: writes, forces or deletions that failed
 */
public record SpoolStatus(
    long depth,
    long waiting,
    int unreadSegments,
    long bytes,
    Duration oldest,
    long appended,
    long acknowledged,
    int unflushed,
    Map<Loss, Long> losses,
    long faults) {

  public SpoolStatus {
    losses = Map.copyOf(losses);
  }

  /** Records lost for one reason. */
  public long lost(Loss reason) {
    return losses.getOrDefault(reason, 0L);
  }

  /** Records lost for any reason. */
  public long lost() {
    return losses.values().stream().mapToLong(Long::longValue).sum();
  }
}
