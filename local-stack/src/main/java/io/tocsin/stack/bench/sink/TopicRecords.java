package io.tocsin.stack.bench.sink;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the topics say that the tables must hold, a line a row, by key. */
final class TopicRecords {

  private static final int MOST_DIFFERENCES = 10;

  private TopicRecords() {}

  static Map<String, String> detections(SinkRig rig) {
    Map<String, String> rows = new TreeMap<>();
    read(
        rig,
        Topics.DETECTIONS,
        d ->
            rows.put(
                d.getDetectionId(),
                String.join(
                    " ",
                    d.getDetectionId(),
                    d.getSensorId(),
                    d.getLabel(),
                    Long.toString(
                        ChronoUnit.MICROS.between(java.time.Instant.EPOCH, d.getOnsetAt())),
                    Long.toString(d.getOnsetSigmaMicros()))));
    return rows;
  }

  static Map<String, String> alerts(SinkRig rig) {
    Map<String, Integer> revisions = new TreeMap<>();
    read(
        rig,
        Topics.DISTRESS_ALERTS,
        a -> revisions.merge(a.getAlertId(), a.getRevision(), Math::max));
    Map<String, String> rows = new TreeMap<>();
    revisions.forEach(
        (id, revision) -> rows.put(id, id + " " + revision + " revision " + revision));
    return rows;
  }

  /** The first few lines that only one side has, or that the table has twice. */
  static List<String> differences(String kind, Collection<String> wanted, List<String> stored) {
    List<String> differences = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>(wanted);
    TreeSet<String> surplus = new TreeSet<>();
    for (String row : stored) {
      if (!missing.remove(row)) {
        surplus.add(row);
      }
    }
    missing.stream().limit(MOST_DIFFERENCES).forEach(m -> differences.add(kind + " missing: " + m));
    surplus.stream()
        .limit(MOST_DIFFERENCES)
        .forEach(s -> differences.add(kind + " too many: " + s));
    return differences;
  }

  private static <T extends SpecificRecord> void read(
      SinkRig rig, Topic<T> topic, Consumer<T> each) {
    ConfluentAvroDeserializer<T> values =
        new ConfluentAvroDeserializer<>(rig.registryClient(), topic.valueType());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(rig.kafkaAddress()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(topic.name(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> each.accept(values.deserialize(topic.name(), record.value())));
      }
    }
  }
}
