package io.tocsin.stack.falsealarms;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What topics hold just now. Records that the jobs would refuse are passed over, as by them.
 *
 * @param client settings of a Kafka client that may read the topics
 */
record TopicContents(Map<String, Object> client, SchemaRegistryClient registry) {

  private static final Duration POLL = Duration.ofMillis(200);

  /** The last value of each key that was not withdrawn. */
  <T extends SpecificRecord> Map<String, T> table(Topic<T> topic) {
    Map<String, T> last = new TreeMap<>();
    read(
        topic,
        null,
        (key, value) -> {
          if (value == null) {
            last.remove(key);
          } else {
            last.put(key, value);
          }
        });
    return last;
  }

  /**
   * Every value written since then, withdrawals left out.
   *
   * @param since null for the beginning
   */
  <T extends SpecificRecord> void forEach(
      Topic<T> topic, @Nullable Instant since, java.util.function.Consumer<T> consumer) {
    read(
        topic,
        since,
        (key, value) -> {
          if (value != null) {
            consumer.accept(value);
          }
        });
  }

  private <T extends SpecificRecord> void read(
      Topic<T> topic, @Nullable Instant since, BiConsumer<String, @Nullable T> consumer) {
    ConfluentAvroDeserializer<T> deserializer =
        new ConfluentAvroDeserializer<>(registry, topic.valueType());
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    Instant now = Instant.now();
    try (KafkaConsumer<byte[], byte[]> consuming =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consuming.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consuming.assign(partitions);
      Map<TopicPartition, Long> ends = consuming.endOffsets(partitions);
      seek(consuming, partitions, ends, since);
      while (partitions.stream().anyMatch(p -> consuming.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<byte[], byte[]> record : consuming.poll(POLL)) {
          take(record, deserializer, now, consumer);
        }
      }
    }
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consuming,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> ends,
      @Nullable Instant since) {
    if (since == null) {
      consuming.seekToBeginning(partitions);
      return;
    }
    var offsets =
        consuming.offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(p -> p, p -> since.toEpochMilli())));
    for (TopicPartition partition : partitions) {
      var at = offsets.get(partition);
      consuming.seek(partition, at == null ? ends.getOrDefault(partition, 0L) : at.offset());
    }
  }

  private static <T extends SpecificRecord> void take(
      ConsumerRecord<byte[], byte[]> record,
      ConfluentAvroDeserializer<T> deserializer,
      Instant now,
      BiConsumer<String, @Nullable T> consumer) {
    if (record.key() == null) {
      return;
    }
    String key = new String(record.key(), UTF_8);
    T value;
    try {
      value = deserializer.deserialize(record.topic(), record.value());
    } catch (UndecodableRecordException e) {
      // The job wrote it to its dead-letter topic.
      return;
    }
    if (value == null || Plausibility.problemOf(key, value, now).isEmpty()) {
      consumer.accept(key, value);
    }
  }
}
