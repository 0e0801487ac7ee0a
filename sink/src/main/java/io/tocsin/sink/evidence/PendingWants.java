package io.tocsin.sink.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Alerts that were read and are not done with, and the offsets that follow from them: a partition
 * is committed up to its first record that is not done.
 *
 * <p>Of several revisions of an alert only the newest is worked on; the others are done with when
 * it is, so that a crash in between begins again with the first.
 */
final class PendingWants {

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** A want and the record that it came with. */
  record Pending(Want want, ConsumerRecord<byte[], byte[]> record) {}

  private static final class Entry {
    private Pending newest;
    private final TreeSet<Long> offsets = new TreeSet<>();
    private Instant dueAt;
    private Duration nextWait = FIRST_WAIT;

    private Entry(Pending newest) {
      this.newest = newest;
      this.dueAt = newest.want().publishedAt();
    }
  }

  private record Key(TopicPartition partition, String alertId) {}

  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private final Map<TopicPartition, TreeSet<Long>> open = new HashMap<>();
  private final Map<TopicPartition, Long> readUpTo = new HashMap<>();

  /** Takes a record that asks for something. */
  void add(Pending pending) {
    Key key = keyOf(pending);
    long offset = pending.record().offset();
    Entry entry = entries.computeIfAbsent(key, k -> new Entry(pending));
    if (pending.want().revision() >= entry.newest.want().revision()) {
      entry.newest = pending;
      entry.dueAt = Instant.MIN;
      entry.nextWait = FIRST_WAIT;
    }
    entry.offsets.add(offset);
    open.computeIfAbsent(key.partition(), p -> new TreeSet<>()).add(offset);
    skip(pending.record());
  }

  /** Takes a record that asks for nothing. */
  void skip(ConsumerRecord<byte[], byte[]> record) {
    readUpTo.merge(partitionOf(record), record.offset() + 1, Math::max);
  }

  /** The next want whose time has come. */
  Optional<Pending> next(Instant now) {
    return entries.values().stream()
        .filter(entry -> !entry.dueAt.isAfter(now))
        .findFirst()
        .map(entry -> entry.newest);
  }

  /** Nothing more is to be done for it. */
  void done(Pending pending) {
    Entry entry = entries.remove(keyOf(pending));
    if (entry != null) {
      openOf(keyOf(pending).partition()).removeAll(entry.offsets);
    }
  }

  /** It has to wait: until then, or, when it had to wait before, twice as long as then. */
  void later(Pending pending, Instant now, Instant notBefore) {
    Entry entry = entries.get(keyOf(pending));
    if (entry != null) {
      Instant next = now.plus(entry.nextWait);
      if (notBefore.isAfter(now)) {
        entry.dueAt = notBefore;
      } else {
        entry.dueAt = next;
        Duration doubled = entry.nextWait.multipliedBy(2);
        entry.nextWait = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
      }
    }
  }

  /** Where each partition may be committed. */
  Map<TopicPartition, OffsetAndMetadata> committable() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    readUpTo.forEach(
        (partition, end) -> {
          SortedSet<Long> waiting = openOf(partition);
          offsets.put(partition, new OffsetAndMetadata(waiting.isEmpty() ? end : waiting.first()));
        });
    return offsets;
  }

  /** Forgets partitions that were taken away: their new owner reads them again. */
  void forget(Collection<TopicPartition> partitions) {
    entries.keySet().removeIf(key -> partitions.contains(key.partition()));
    open.keySet().removeAll(partitions);
    readUpTo.keySet().removeAll(List.copyOf(partitions));
  }

  int size() {
    return entries.size();
  }

  private SortedSet<Long> openOf(TopicPartition partition) {
    return open.computeIfAbsent(partition, p -> new TreeSet<>());
  }

  private static Key keyOf(Pending pending) {
    return new Key(partitionOf(pending.record()), pending.want().alertId());
  }

  private static TopicPartition partitionOf(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
