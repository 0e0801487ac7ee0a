package io.tocsin.stack;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.Severity;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The patterns that a new system starts with; from then on the patterns topic alone says. */
public final class DefaultPatterns {

  private static final Duration POLL = Duration.ofMillis(200);

  private DefaultPatterns() {}

  /** Breaking glass and a cry, soon after one another and close together. */
  public static DistressPattern glassThenCry() {
    return DistressPattern.newBuilder()
        .setPatternId("glass-then-cry")
        .setLabels(List.of("glass_shatter", "shout_scream|crying"))
        .setWithinMillis(10_000)
        .setWithinMetres(60)
        .setMinimumProbability(0.5)
        .setMinimumSensors(3)
        .setSeverity(Severity.HIGH)
        .setEnabled(true)
        .build();
  }

  /** Publishes those whose ids the topic does not hold, so that a user's change stays. */
  static void publishMissing(Map<String, Object> kafka, SchemaRegistryClient registry)
      throws InterruptedException {
    DistressPattern pattern = glassThenCry();
    if (idsIn(kafka).contains(pattern.getPatternId())) {
      return;
    }
    try (KafkaProducer<String, DistressPattern> producer =
        new KafkaProducer<>(
            kafka, new StringSerializer(), new ConfluentAvroSerializer<>(registry, false))) {
      producer
          .send(
              new ProducerRecord<>(Topics.PATTERNS.name(), Topics.PATTERNS.keyOf(pattern), pattern))
          .get();
    } catch (ExecutionException e) {
      throw new StackException(
          "pattern " + pattern.getPatternId() + " cannot be published: " + e.getCause(), e);
    }
  }

  /** Ids of all patterns in the topic, withdrawn ones too. */
  private static Set<String> idsIn(Map<String, Object> kafka) {
    Set<String> ids = new HashSet<>();
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.PATTERNS.name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          ids.add(record.key());
        }
      }
    }
    return ids;
  }
}
