package io.tocsin.stack.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.stack.StackException;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The keys by which the fleet's records are believed, as their topic holds them.
 *
 * @param client settings of a Kafka client that may write the topic
 */
public record FleetKeys(Map<String, Object> client, SchemaRegistryClient registry) {

  private static final Duration POLL = Duration.ofMillis(200);

  /** Beside those that the sensor has: what it sent before is believed on. */
  public void add(String sensorId, PublicKey key) throws InterruptedException {
    List<SensorKey> keys = new ArrayList<>(of(sensorId).map(SensorKeys::getKeys).orElse(List.of()));
    keys.add(
        SensorKey.newBuilder()
            .setPublicKey(ByteBuffer.wrap(key.getEncoded()))
            .setAddedAt(now())
            .build());
    publish(sensorId, keys);
  }

  /**
   * Takes the belief in all of a sensor's keys; they stay on the topic, so that it is known why.
   *
   * @return whether any was believed
   */
  public boolean revoke(String sensorId) throws InterruptedException {
    List<SensorKey> keys = of(sensorId).map(SensorKeys::getKeys).orElse(List.of());
    List<SensorKey> believed = keys.stream().filter(key -> key.getRevokedAt() == null).toList();
    if (!believed.isEmpty()) {
      believed.forEach(key -> key.setRevokedAt(now()));
      publish(sensorId, keys);
    }
    return !believed.isEmpty();
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  private Optional<SensorKeys> of(String sensorId) {
    return Optional.ofNullable(all().get(sensorId));
  }

  private void publish(String sensorId, List<SensorKey> keys) throws InterruptedException {
    SensorKeys record = SensorKeys.newBuilder().setSensorId(sensorId).setKeys(keys).build();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (KafkaProducer<String, SensorKeys> producer =
        new KafkaProducer<>(
            settings, new StringSerializer(), new ConfluentAvroSerializer<>(registry, false))) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.SENSOR_KEYS.name(), Topics.SENSOR_KEYS.keyOf(record), record))
          .get();
    } catch (ExecutionException e) {
      throw new StackException(
          "the keys of sensor " + sensorId + " cannot be published: " + e.getCause(), e);
    }
  }

  /** Every sensor's keys, by its id. */
  public Map<String, SensorKeys> all() {
    Map<String, SensorKeys> all = new TreeMap<>();
    ConfluentAvroDeserializer<SensorKeys> deserializer =
        new ConfluentAvroDeserializer<>(registry, SensorKeys.class);
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.SENSOR_KEYS.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer
            .poll(POLL)
            .forEach(
                record -> {
                  String sensorId = new String(record.key(), UTF_8);
                  SensorKeys keys = deserializer.deserialize(record.topic(), record.value());
                  if (keys == null) {
                    all.remove(sensorId);
                  } else {
                    all.put(sensorId, keys);
                  }
                });
      }
    }
    return all;
  }
}
