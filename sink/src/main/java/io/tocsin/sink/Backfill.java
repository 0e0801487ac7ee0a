package io.tocsin.sink;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Everything that the topics hold once more, from their beginnings to where they ended when it
 * began. Rows that are there stay as they are, those that are missing come back.
 *
 * @param ends offset after the last record of each partition when the backfill began
 */
record Backfill(ConsumerOffsets offsets, Jdbi jdbi, Map<TopicPartition, Long> ends) {

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  Backfill {
    ends = Map.copyOf(ends);
  }

  /**
   * Sets the group back. Sinks of it that run stop, and join in when they are started again.
   *
   * @throws IllegalStateException if Kafka does not tell where its topics end
   */
  static Backfill begin(SinkSettings settings, Jdbi jdbi) throws InterruptedException {
    ConsumerOffsets offsets = new ConsumerOffsets(settings.kafka().groupId());
    Map<String, Object> properties = new HashMap<>(settings.kafka().clientProperties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
    Map<TopicPartition, Long> ends;
    try (Admin admin = Admin.create(properties)) {
      ends = ends(admin);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Kafka does not tell where its topics end: " + e.getCause(), e);
    }
    jdbi.useTransaction(offsets::reset);
    return new Backfill(offsets, jdbi, ends);
  }

  /**
   * Waits until everything is written, by whichever sink of the group, or until {@code ended}.
   *
   * @param sink the one of this process
   */
  void await(Sink sink, BooleanSupplier ended) throws InterruptedException {
    while (!ended.getAsBoolean() && !isWritten(sink.caughtUp())) {
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private boolean isWritten(Set<TopicPartition> caughtUp) {
    Map<TopicPartition, Long> written;
    try {
      written = jdbi.withHandle(offsets::written);
    } catch (JdbiException e) {
      // The sink tries again by itself, and so does this look.
      return false;
    }
    return ends.entrySet().stream()
        .allMatch(
            end ->
                written.getOrDefault(end.getKey(), 0L) >= end.getValue()
                    || caughtUp.contains(end.getKey()));
  }

  private static Map<TopicPartition, Long> ends(Admin admin)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (KafkaFuture<TopicDescription> described :
        admin.describeTopics(SinkLoop.subscription()).topicNameValues().values()) {
      try {
        TopicDescription topic = described.get();
        for (TopicPartitionInfo partition : topic.partitions()) {
          latest.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest());
        }
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
    latest.keySet().forEach(p -> earliest.put(p, OffsetSpec.earliest()));
    Map<TopicPartition, ListOffsetsResultInfo> first = admin.listOffsets(earliest).all().get();
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(latest)
        .all()
        .get()
        .forEach(
            (partition, end) -> {
              ListOffsetsResultInfo start = first.get(partition);
              if (start == null || start.offset() < end.offset()) {
                ends.put(partition, end.offset());
              }
            });
    return ends;
  }
}
