package io.tocsin.stack.faults;

import io.tocsin.schema.Topics;
import io.tocsin.stack.cluster.Cluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How far the sinks are behind the topics, by the offsets that are committed with the rows. */
public final class SinkLag {

  /** What the sinks read of what the jobs write. */
  static final List<String> TOPICS =
      List.of(
          Topics.DETECTIONS.name(),
          Topics.DISTRESS_ALERTS.name(),
          Topics.SOUND_EVENTS.name(),
          Topics.AUDIO_FRAMES.dlq(),
          Topics.DETECTIONS.dlq());

  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MOST_POLLS = 50;

  private SinkLag() {}

  /** How many records are not written yet, in words; empty when there are none. */
  static String of(Cluster cluster, Connection connection) throws SQLException {
    Map<TopicPartition, Long> next = next(connection);
    Map<String, Object> settings = new HashMap<>(cluster.kafkaSettings());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      return unwritten(consumer, next, consumer.endOffsets(partitions(consumer)));
    } catch (KafkaException e) {
      return "Kafka does not answer: " + e.getMessage();
    }
  }

  /**
   * Looks at what is behind the offsets: the marks of transactions take offsets too, and what was
   * aborted is nobody's.
   */
  private static String unwritten(
      KafkaConsumer<byte[], byte[]> consumer,
      Map<TopicPartition, Long> next,
      Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> behind = new HashMap<>(ends);
    behind.entrySet().removeIf(end -> next.getOrDefault(end.getKey(), 0L) >= end.getValue());
    consumer.assign(behind.keySet());
    behind.keySet().forEach(p -> consumer.seek(p, next.getOrDefault(p, 0L)));
    for (int polls = 0; polls < MOST_POLLS; polls++) {
      if (behind.entrySet().stream()
          .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        return "";
      }
      int records = consumer.poll(POLL).count();
      if (records > 0) {
        return records + " records or more are not written";
      }
    }
    return "Kafka does not give what it has behind " + behind;
  }

  /**
   * How many offsets the sinks are behind: records, and the marks of transactions where jobs write
   * exactly once.
   *
   * @throws KafkaException if Kafka does not answer
   */
  public static long offsets(Cluster cluster, Connection connection) throws SQLException {
    Map<TopicPartition, Long> next = next(connection);
    long behind = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            cluster.kafkaSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (Map.Entry<TopicPartition, Long> end :
          consumer.endOffsets(partitions(consumer)).entrySet()) {
        behind += Math.max(0, end.getValue() - next.getOrDefault(end.getKey(), 0L));
      }
    }
    return behind;
  }

  /** The next offset of each partition of which something is written. */
  private static Map<TopicPartition, Long> next(Connection connection) throws SQLException {
    Map<TopicPartition, Long> next = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT topic, partition, next_offset FROM tocsin.consumer_offset"
                + " WHERE group_id = ? AND next_offset IS NOT NULL")) {
      statement.setString(1, Cluster.SINK_GROUP);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          next.put(new TopicPartition(result.getString(1), result.getInt(2)), result.getLong(3));
        }
      }
    }
    return next;
  }

  private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : TOPICS) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
    }
    return partitions;
  }
}
