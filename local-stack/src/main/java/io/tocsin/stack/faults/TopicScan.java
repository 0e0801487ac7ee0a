package io.tocsin.stack.faults;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.stack.cluster.Cluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the topics hold, from their first record to their last.
 *
 * @param frames distinct ones, by fleet
 * @param framesAgain records of frames that were there already, by fleet
 * @param detections distinct ids, by fleet
 * @param detectionsAgain records of detections that were there already, by fleet
 * @param alerts highest revision by alert's id
 */
record TopicScan(
    Map<Integer, Integer> frames,
    Map<Integer, Integer> framesAgain,
    Map<Integer, Integer> detections,
    Map<Integer, Integer> detectionsAgain,
    Map<String, Integer> alerts) {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofMinutes(3);

  static TopicScan of(Cluster cluster) {
    Counted frames = new Counted();
    Counted detections = new Counted();
    Map<String, Integer> alerts = new HashMap<>();
    read(
        cluster,
        Topics.AUDIO_FRAMES,
        frame ->
            frames.add(
                frame.getSensorId(),
                frame.getSensorId() + " " + frame.getBootId() + " " + frame.getSequence()));
    read(
        cluster,
        Topics.DETECTIONS,
        detection -> detections.add(detection.getSensorId(), detection.getDetectionId()));
    read(
        cluster,
        Topics.DISTRESS_ALERTS,
        alert -> alerts.merge(alert.getAlertId(), alert.getRevision(), Math::max));
    return new TopicScan(
        frames.distinct, frames.again, detections.distinct, detections.again, alerts);
  }

  /** Records of fleets, each id counted once. */
  private static final class Counted {

    private final Set<String> ids = new HashSet<>();
    private final Map<Integer, Integer> distinct = new HashMap<>();
    private final Map<Integer, Integer> again = new HashMap<>();

    void add(String sensorId, String id) {
      Fleet.Sensor.of(sensorId)
          .ifPresent(
              sensor -> (ids.add(id) ? distinct : again).merge(sensor.fleet(), 1, Integer::sum));
    }
  }

  private static <T extends SpecificRecord> void read(
      Cluster cluster, Topic<T> topic, Consumer<T> each) {
    read(cluster, topic, IsolationLevel.READ_COMMITTED, each);
  }

  /** Gives each value that a topic holds just now, poison left out. */
  static <T extends SpecificRecord> void read(
      Cluster cluster, Topic<T> topic, IsolationLevel isolation, Consumer<T> each) {
    ConfluentAvroDeserializer<T> values =
        new ConfluentAvroDeserializer<>(cluster.registryClient(), topic.valueType());
    Map<String, Object> settings = new HashMap<>(cluster.kafkaSettings());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
    long deadline = System.nanoTime() + LONGEST.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(p -> new TopicPartition(topic.name(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        if (System.nanoTime() - deadline > 0) {
          throw new io.tocsin.stack.StackException(
              "topic " + topic.name() + " was not read within " + LONGEST);
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (!isPoison(record)) {
            each.accept(values.deserialize(topic.name(), record.value()));
          }
        }
      }
    }
  }

  private static boolean isPoison(ConsumerRecord<byte[], byte[]> record) {
    return record.key() != null
        && new String(record.key(), StandardCharsets.UTF_8).startsWith(Poison.KEY);
  }
}
