package io.tocsin.sink;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a consumer is behind.
 *
 * @param records after the consumer's position, of each partition that has told
 */
record Lag(Map<TopicPartition, Long> records) {

  static final Lag UNKNOWN = new Lag(Map.of());

  Lag {
    records = Map.copyOf(records);
  }

  /** As the last fetches told; asks nobody. */
  static Lag of(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> records = new HashMap<>();
    for (TopicPartition partition : partitions) {
      consumer.currentLag(partition).ifPresent(lag -> records.put(partition, lag));
    }
    return new Lag(records);
  }

  long total() {
    return records.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Partitions that are read to their end; a transaction's mark may stand after the last record.
   */
  Set<TopicPartition> none() {
    return records.entrySet().stream()
        .filter(lag -> lag.getValue() == 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }
}
