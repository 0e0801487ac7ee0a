package io.tocsin.stack;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What topics hold just now, from their beginning to their end. */
public record TopicReader(String bootstrapServers, Map<String, String> access) {

  private static final Duration POLL = Duration.ofMillis(100);

  /** For a broker that lets everyone do everything. */
  public TopicReader(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  /** Every value that a topic holds. */
  public <T extends SpecificRecord> List<T> values(Topic<T> topic, SchemaRegistryClient registry) {
    ConfluentAvroDeserializer<T> deserializer =
        new ConfluentAvroDeserializer<>(registry, topic.valueType());
    return records(topic.name()).stream()
        .map(record -> deserializer.deserialize(record.topic(), record.value()))
        .toList();
  }

  /** Every record that a topic holds. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    Map<String, Object> settings = new HashMap<>(access);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }
}
