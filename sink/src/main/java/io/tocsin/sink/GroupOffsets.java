package io.tocsin.sink;

import io.tocsin.sink.ConsumerOffsets.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Kafka how far the sink has written, for tools that show a group's lag. The sink itself
 * never reads these offsets: those in the database are the truth.
 */
final class GroupOffsets {

  private static final Logger LOG = LoggerFactory.getLogger(GroupOffsets.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Consumer<byte[], byte[]> consumer;
  private final Map<TopicPartition, OffsetAndMetadata> untold = new HashMap<>();
  private Instant nextAt = Instant.MIN;

  GroupOffsets(Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /** Notes positions that have been committed in the database. */
  void written(Map<TopicPartition, Position> positions) {
    positions.forEach((p, to) -> untold.put(p, new OffsetAndMetadata(to.nextOffset())));
  }

  /** Partitions that another member of the group tells of by now. */
  void forget(Collection<TopicPartition> partitions) {
    untold.keySet().removeAll(partitions);
  }

  /** Tells Kafka what is new, at most once a second, without waiting. */
  void commit(Instant now) {
    if (untold.isEmpty() || now.isBefore(nextAt)) {
      return;
    }
    nextAt = now.plus(EVERY);
    consumer.commitAsync(
        new HashMap<>(untold),
        (offsets, error) -> {
          if (error != null) {
            LOG.debug("event=group-offsets-not-told reason=\"{}\"", error.toString());
          }
        });
    untold.clear();
  }

  /** Tells the rest; Kafka's being away loses nothing but that. */
  void close() {
    try {
      if (!untold.isEmpty()) {
        consumer.commitSync(untold, CLOSE_WITHIN);
      }
    } catch (KafkaException e) {
      LOG.debug("event=group-offsets-not-told reason=\"{}\"", e.toString());
    }
  }
}
