package io.tocsin.stack.demo;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/** Subscribes to alerts and detections as any consumer would, and remembers what it was told. */
final class AlertWatch implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<String, byte[]> consumer;
  private final ConfluentAvroDeserializer<DistressAlert> alerts;
  private final ConfluentAvroDeserializer<Detection> detections;
  private final Consumer<Told> listener;
  private final Thread reader;
  private final Map<String, Told> opened = new TreeMap<>();
  private final Map<String, DistressAlert> latest = new TreeMap<>();
  private final Set<String> detectionIds = new HashSet<>();
  private long detectionRecords;
  private int revisions;
  private @Nullable RuntimeException failure;

  /**
   * A revision of an alert as it arrived.
   *
   * @param atMillis wall-clock time at which it was read
   */
  record Told(DistressAlert alert, long atMillis) {}

  /**
   * @param listener told every new revision, on a thread of its own
   */
  AlertWatch(String bootstrapServers, SchemaRegistryClient registry, Consumer<Told> listener) {
    this.listener = listener;
    this.alerts = new ConfluentAvroDeserializer<>(registry, DistressAlert.class);
    this.detections = new ConfluentAvroDeserializer<>(registry, Detection.class);
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.GROUP_ID_CONFIG,
                "tocsin-demo-" + UUID.randomUUID(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    this.reader = new Thread(this::read, "alert-watch");
    reader.setDaemon(true);
  }

  void start() {
    reader.start();
  }

  /** The first revision of each alert, by id. */
  synchronized Map<String, Told> opened() {
    requireReading();
    return new TreeMap<>(opened);
  }

  /** The highest revision of each alert, by id. */
  synchronized Map<String, DistressAlert> latest() {
    requireReading();
    return new TreeMap<>(latest);
  }

  /** Whether every alert has had its last word. */
  synchronized boolean allSettled() {
    requireReading();
    return latest.values().stream().allMatch(AlertWatch::isSettled);
  }

  /** Whether an alert has had its last word. */
  static boolean isSettled(DistressAlert alert) {
    return alert.getState() == AlertState.CLOSED || alert.getState() == AlertState.RETRACTED;
  }

  /** Distinct detections. */
  synchronized int detections() {
    requireReading();
    return detectionIds.size();
  }

  /** Detection records beyond the first of an id. */
  synchronized long repeatedDetections() {
    return detectionRecords - detectionIds.size();
  }

  synchronized int revisions() {
    return revisions;
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (consumer) {
      consumer.subscribe(List.of(Topics.DISTRESS_ALERTS.name(), Topics.DETECTIONS.name()));
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          take(record);
        }
      }
    } catch (WakeupException e) {
      // We are closed.
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    long now = System.currentTimeMillis();
    if (record.topic().equals(Topics.DETECTIONS.name())) {
      Detection detection = detections.deserialize(record.topic(), record.value());
      synchronized (this) {
        detectionIds.add(detection.getDetectionId());
        detectionRecords++;
      }
      return;
    }
    DistressAlert alert = alerts.deserialize(record.topic(), record.value());
    Told told = new Told(alert, now);
    synchronized (this) {
      DistressAlert before = latest.get(alert.getAlertId());
      if (before != null && before.getRevision() >= alert.getRevision()) {
        return;
      }
      revisions++;
      opened.putIfAbsent(alert.getAlertId(), told);
      latest.put(alert.getAlertId(), alert);
    }
    listener.accept(told);
  }

  private void requireReading() {
    if (failure != null) {
      throw failure;
    }
  }
}
