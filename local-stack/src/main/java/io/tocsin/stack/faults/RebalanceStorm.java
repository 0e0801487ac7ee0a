package io.tocsin.stack.faults;

import io.tocsin.stack.cluster.Cluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Consumers of the sinks' own group that come, take partitions from the sinks, write nothing, and
 * go again.
 */
final class RebalanceStorm {

  private static final Duration TAKES_WITHIN = Duration.ofSeconds(15);
  private static final Duration POLL = Duration.ofMillis(100);

  private RebalanceStorm() {}

  /**
   * Lets so many come and go, one after another.
   *
   * @return how many of them were given partitions
   */
  static int blow(Map<String, Object> kafka, int times) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, Cluster.SINK_GROUP);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    int given = 0;
    for (int i = 0; i < times; i++) {
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.subscribe(SinkLag.TOPICS);
        long deadline = System.nanoTime() + TAKES_WITHIN.toNanos();
        while (consumer.assignment().isEmpty() && System.nanoTime() < deadline) {
          var unused = consumer.poll(POLL);
        }
        given += consumer.assignment().isEmpty() ? 0 : 1;
      }
    }
    return given;
  }
}
