package io.tocsin.edge.spool;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All segments of a spool, those not looked into yet included. Guarded by its spool. */
final class SegmentShelf {

  private static final Logger LOG = LoggerFactory.getLogger(SegmentShelf.class);

  /** A file older than this, or from the future, was dated by a clock that was not set. */
  private static final Duration OLDEST_BELIEVED = Duration.ofDays(3650);

  private final SegmentStore store;
  private final Losses losses;
  private final SecureRandom salts = new SecureRandom();
  private final NavigableMap<SegmentName, UnreadSegment> unread = new TreeMap<>();
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private long nextNumber = 1;
  private long bytes;

  /** A segment found at the start. */
  private record UnreadSegment(long bytes, long sinceNanos) {}

  private SegmentShelf(SegmentStore store, Losses losses) {
    this.store = store;
    this.losses = losses;
  }

  /** What lies on the disk. */
  static SegmentShelf find(Disk disk, SegmentStore store, Losses losses, Instant now, long nowNanos)
      throws IOException {
    SegmentShelf shelf = new SegmentShelf(store, losses);
    Map<String, Disk.FileFacts> files = disk.files();
    for (Map.Entry<String, Disk.FileFacts> file : files.entrySet()) {
      Optional<SegmentName> found = SegmentName.ofFile(file.getKey());
      if (found.isPresent()) {
        SegmentName name = found.get();
        shelf.nextNumber = Math.max(shelf.nextNumber, name.number() + 1);
        if (file.getKey().equals(name.records())) {
          Disk.FileFacts facts = file.getValue();
          shelf.unread.put(
              name, new UnreadSegment(facts.bytes(), nowNanos - ageNanos(facts.modifiedAt(), now)));
          shelf.bytes += facts.bytes();
        } else if (!files.containsKey(name.records())) {
          store.orphan(name);
        }
      }
    }
    return shelf;
  }

  private static long ageNanos(Instant modifiedAt, Instant now) {
    Duration age = Duration.between(modifiedAt, now);
    return age.isNegative() || age.compareTo(OLDEST_BELIEVED) > 0 ? 0 : age.toNanos();
  }

  SegmentName nextName() {
    return new SegmentName(nextNumber++, salts.nextInt());
  }

  void add(Segment segment) {
    segments.put(segment.name().number(), segment);
  }

  void grown(long by) {
    bytes += by;
  }

  long bytes() {
    return bytes;
  }

  int unread() {
    return unread.size();
  }

  Iterable<Segment> segments() {
    return segments.values();
  }

  @Nullable Segment get(long number) {
    return segments.get(number);
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** The segment whose waiting record is due next; null if none waits. */
  @Nullable Segment withWaiting(DrainOrder order) {
    for (Segment segment :
        (order == DrainOrder.OLDEST_FIRST ? segments : segments.descendingMap()).values()) {
      if (segment.waiting() > 0) {
        return segment;
      }
    }
    return null;
  }

  /** Looks into the unread segment that is due next; false if there is none. */
  boolean recoverNext(DrainOrder order) throws IOException {
    if (unread.isEmpty()) {
      return false;
    }
    recover(order == DrainOrder.OLDEST_FIRST ? unread.firstEntry() : unread.lastEntry());
    return true;
  }

  private void recover(Map.Entry<SegmentName, UnreadSegment> entry) throws IOException {
    SegmentName name = entry.getKey();
    SegmentStore.Recovered recovered = store.recover(name, entry.getValue().sinceNanos());
    unread.remove(name);
    Segment segment = recovered.segment();
    bytes += segment.bytes() - entry.getValue().bytes();
    add(segment);
    losses.count(Loss.CORRUPT, recovered.damaged());
    if (recovered.damaged() > 0 || recovered.tornBytes() > 0) {
      LOG.warn(
          "spool segment {}: {} damaged stretches skipped, {} bytes of torn tail cut",
          name.records(),
          recovered.damaged(),
          recovered.tornBytes());
    }
    if (segment.open() == 0) {
      delete(segment);
    }
  }

  /** Gives up the oldest segment. */
  void dropOldest(Loss reason) throws IOException {
    // Looked into first, to know how many are lost.
    while (!unread.isEmpty()
        && (segments.isEmpty() || unread.firstKey().number() < segments.firstKey())) {
      recover(unread.firstEntry());
    }
    if (!segments.isEmpty()) {
      drop(segments.firstEntry().getValue(), reason);
    }
  }

  /** Gives up segments whose newest record came before; not the one that grows. */
  void dropOlder(long beforeNanos, @Nullable Segment growing) throws IOException {
    for (Segment segment : List.copyOf(segments.values())) {
      if (segment != growing && segment.sinceNanos() - beforeNanos < 0) {
        drop(segment, Loss.AGE);
      }
    }
  }

  /** What is claimed is on its way; it counts as lost only if it comes back. */
  private void drop(Segment segment, Loss reason) throws IOException {
    int lost = segment.waiting();
    losses.count(reason, lost);
    if (lost > 0) {
      LOG.warn(
          "spool segment {}: {} waiting records dropped for {}",
          segment.name().records(),
          lost,
          reason);
    }
    delete(segment);
  }

  void delete(Segment segment) throws IOException {
    segments.remove(segment.name().number());
    bytes -= segment.bytes();
    store.delete(segment.name());
  }
}
