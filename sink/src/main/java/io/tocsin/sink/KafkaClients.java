package io.tocsin.sink;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The sink's Kafka clients; settings of its own that correctness rests on go over the user's. */
final class KafkaClients {

  private static final int LARGEST_LETTER_BYTES = 5 << 20;

  private KafkaClients() {}

  static Consumer<byte[], byte[]> consumer(SinkSettings settings, int worker) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, millis(Duration.ofSeconds(30)));
    properties.putAll(settings.kafka().clientProperties());
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.kafka().groupId());
    String instanceId = settings.kafka().instanceId();
    if (instanceId != null) {
      properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instanceId + "-" + worker);
    }
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.batchSize());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // A topic that the consumer created would lack the catalogue's settings.
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static Producer<byte[], byte[]> producer(SinkSettings settings) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_LETTER_BYTES);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis(Duration.ofSeconds(15)));
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis(Duration.ofSeconds(10)));
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(Duration.ofSeconds(30)));
    properties.putAll(settings.kafka().clientProperties());
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    // A broker without state for a producer takes any first sequence number: on a new partition a
    // second batch in flight could pass a refused first one and shut it out for good.
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static int millis(Duration duration) {
    return (int) duration.toMillis();
  }
}
