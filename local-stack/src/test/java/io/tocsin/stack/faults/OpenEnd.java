package io.tocsin.stack.faults;

import static org.awaitility.Awaitility.await;

import io.tocsin.stack.cluster.Cluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The end of a topic with what is written there, be it committed or not, from a moment on. */
final class OpenEnd implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);

  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> raw;
  private final List<TopicPartition> partitions;
  private final Map<TopicPartition, Long> newest = new HashMap<>();

  OpenEnd(Cluster cluster, String topic) {
    Map<String, Object> settings = new HashMap<>(cluster.kafkaSettings());
    admin = Admin.create(settings);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    raw = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    partitions =
        raw.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    raw.assign(partitions);
    beginHere();
  }

  private void beginHere() {
    raw.seekToEnd(partitions);
    partitions.forEach(raw::position);
  }

  /**
   * Waits for a job's next checkpoint, which commits its group's offsets, and begins behind it.
   *
   * @param group of a job that has something to read all the time
   */
  void awaitCheckpoint(String group, Duration longest) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> before = offsets(group);
    await().atMost(longest).pollInterval(POLL).until(() -> !offsets(group).equals(before));
    beginHere();
  }

  /** Waits for a record that was not there at the last one or at the beginning. */
  void awaitRecord(Duration longest) {
    newest.clear();
    await().atMost(longest).pollDelay(Duration.ZERO).pollInterval(POLL).until(this::isWritten);
  }

  private boolean isWritten() {
    ConsumerRecords<byte[], byte[]> records = raw.poll(POLL);
    for (ConsumerRecord<byte[], byte[]> record : records) {
      newest.put(new TopicPartition(record.topic(), record.partition()), record.offset());
    }
    return !records.isEmpty();
  }

  /** Whether one of the records that were waited for is in a transaction that is still open. */
  boolean isUncommitted() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    newest.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    return admin
        .listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .all()
        .get()
        .entrySet()
        .stream()
        .anyMatch(end -> end.getValue().offset() <= newest.get(end.getKey()));
  }

  /** Whether a checkpoint of a job stands behind everything that the topic holds. */
  boolean isReadToItsEnd(String group) throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> there = offsets(group);
    return raw.endOffsets(partitions).entrySet().stream()
        .allMatch(
            end ->
                end.getValue() == 0
                    || (there.get(end.getKey()) != null
                        && there.get(end.getKey()).offset() >= end.getValue()));
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(String group)
      throws ExecutionException, InterruptedException {
    return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  @Override
  public void close() {
    raw.close();
    admin.close();
  }
}
