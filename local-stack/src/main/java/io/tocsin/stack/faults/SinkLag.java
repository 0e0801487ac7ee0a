package io.tocsin.stack.faults;

import io.tocsin.schema.Topics;
import io.tocsin.stack.cluster.Cluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private SinkLag() {}

  /** How many records are not written yet, in words; empty when there are none. */
  static String of(Cluster cluster, Connection connection) throws SQLException {
    try {
      long behind = records(cluster, connection);
      return behind == 0 ? "" : behind + " records are not written";
    } catch (KafkaException e) {
      return "Kafka does not answer: " + e.getMessage();
    }
  }

  /**
   * How many records are not written yet.
   *
   * @throws KafkaException if Kafka does not answer
   */
  public static long records(Cluster cluster, Connection connection) throws SQLException {
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
    long behind = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            cluster.kafkaSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : TOPICS) {
        consumer
            .partitionsFor(topic)
            .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
      }
      for (Map.Entry<TopicPartition, Long> end : consumer.endOffsets(partitions).entrySet()) {
        behind += Math.max(0, end.getValue() - next.getOrDefault(end.getKey(), 0L));
      }
    }
    return behind;
  }
}
