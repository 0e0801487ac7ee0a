package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sensors' keys as their topic tells them, read by a thread of its own and followed from then
 * on: a key that is revoked counts no more a moment later. Safe for use by several threads.
 *
 * <p>A record may name a key that is not known yet, because it came the faster way. Then the topic
 * is read to its end as it is at that moment, at most {@value #LOOKS_PER_SECOND} times a second for
 * all records together, so that no flood of forged ones slows the others. So a record is believed
 * whose key was in Kafka before it, whatever the order in which both are read.
 */
public final class SensorKeyTable implements SignatureCheck.KeySource, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SensorKeyTable.class);
  private static final int LOOKS_PER_SECOND = 5;
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1) / LOOKS_PER_SECOND;
  private static final Duration READ_WITHIN = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(2);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
  private static final long NEW_PARTITIONS_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Supplier<Consumer<byte[], byte[]>> connector;
  private final ConfluentAvroDeserializer<SensorKeys> deserializer;
  private final Map<String, KnownKeys> known = new ConcurrentHashMap<>();
  private final BlockingQueue<CompletableFuture<Void>> looks = new ArrayBlockingQueue<>(1024);
  private final AtomicLong lastLookNanos = new AtomicLong(System.nanoTime() - BETWEEN_LOOKS_NANOS);
  private final AtomicLong looksMade = new AtomicLong();
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private final Thread thread = new Thread(this::run, "tocsin-sensor-keys");
  private volatile @Nullable Consumer<byte[], byte[]> consumer;
  private volatile boolean closed;

  private SensorKeyTable(
      Supplier<Consumer<byte[], byte[]>> connector,
      ConfluentAvroDeserializer<SensorKeys> deserializer) {
    this.connector = connector;
    this.deserializer = deserializer;
    thread.setDaemon(true);
  }

  /**
   * Reads the whole topic, and follows it.
   *
   * @param client settings of Kafka's clients: who we are; may be empty
   * @throws KafkaException if the topic cannot be read, or not within a minute
   */
  public static SensorKeyTable open(
      String bootstrapServers, Map<String, String> client, RegistrySettings registry) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "tocsin-sensor-keys");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    try {
      return open(
          () ->
              new KafkaConsumer<>(
                  settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          new ConfluentAvroDeserializer<>(Registry.connect(registry), SensorKeys.class),
          READ_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  /**
   * Reads the whole topic, and follows it.
   *
   * @param connector makes a consumer without a group
   * @throws KafkaException if the topic cannot be read, or not within {@code within}
   */
  static SensorKeyTable open(
      Supplier<Consumer<byte[], byte[]>> connector,
      ConfluentAvroDeserializer<SensorKeys> deserializer,
      Duration within)
      throws InterruptedException {
    SensorKeyTable table = new SensorKeyTable(connector, deserializer);
    table.thread.start();
    try {
      table.loaded.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return table;
    } catch (ExecutionException | TimeoutException e) {
      table.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new KafkaException(
          "the sensors' keys cannot be read from "
              + Topics.SENSOR_KEYS.name()
              + " ("
              + cause
              + "); without them no record of a sensor can be believed",
          cause);
    } catch (InterruptedException e) {
      table.close();
      throw e;
    }
  }

  @Override
  public @Nullable KnownKeys of(String sensorId, @Nullable KeyId wanted) {
    KnownKeys keys = known.get(sensorId);
    boolean lacks = wanted != null && (keys == null || keys.key(wanted) == null);
    return lacks && lookAgain() ? known.get(sensorId) : keys;
  }

  /** How often the topic was read to its end for a key that was not known. */
  long looks() {
    return looksMade.get();
  }

  /** Whether the topic was read to its end as it was when this was called. */
  private boolean lookAgain() {
    long now = System.nanoTime();
    long last = lastLookNanos.get();
    if (now - last < BETWEEN_LOOKS_NANOS || !lastLookNanos.compareAndSet(last, now)) {
      return false;
    }
    looksMade.incrementAndGet();
    CompletableFuture<Void> look = new CompletableFuture<>();
    if (!looks.offer(look)) {
      return false;
    }
    Consumer<byte[], byte[]> reader = consumer;
    if (reader != null) {
      reader.wakeup();
    }
    try {
      look.get(LOOK_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("event=sensor-keys-late reason=\"{}\"", e.toString());
      return false;
    }
  }

  private void run() {
    while (!closed) {
      try (Consumer<byte[], byte[]> reader = connector.get()) {
        consumer = reader;
        follow(reader);
      } catch (WakeupException e) {
        // Closed, or a look that came while something else was asked: begin anew.
        LOG.debug("the sensors' keys are read anew");
      } catch (RuntimeException e) {
        loaded.completeExceptionally(e);
        LOG.warn("event=sensor-keys-unreadable reason=\"{}\"", e.toString());
        pause();
      } finally {
        consumer = null;
      }
    }
  }

  private void follow(Consumer<byte[], byte[]> reader) {
    Set<TopicPartition> assigned = new HashSet<>();
    long partitionsAt = 0;
    while (!closed) {
      long now = System.nanoTime();
      if (assigned.isEmpty() || now - partitionsAt > NEW_PARTITIONS_NANOS) {
        assign(reader, assigned);
        partitionsAt = now;
      }
      List<CompletableFuture<Void>> asked = new java.util.ArrayList<>();
      looks.drainTo(asked);
      if (!asked.isEmpty() || !loaded.isDone()) {
        try {
          readToEnd(reader, assigned);
        } catch (WakeupException e) {
          looks.addAll(asked);
          continue;
        }
        asked.forEach(look -> look.complete(null));
        loaded.complete(null);
      }
      try {
        reader.poll(POLL).forEach(this::apply);
      } catch (WakeupException e) {
        LOG.trace("somebody asks");
      }
    }
  }

  /** What is there from the first, and what partitions were added since. */
  private static void assign(Consumer<byte[], byte[]> reader, Set<TopicPartition> assigned) {
    Set<TopicPartition> added = new HashSet<>();
    reader
        .partitionsFor(Topics.SENSOR_KEYS.name())
        .forEach(info -> added.add(new TopicPartition(info.topic(), info.partition())));
    added.removeAll(assigned);
    if (!added.isEmpty()) {
      assigned.addAll(added);
      Map<TopicPartition, Long> positions = new HashMap<>();
      assigned.stream()
          .filter(partition -> !added.contains(partition))
          .forEach(partition -> positions.put(partition, reader.position(partition)));
      reader.assign(assigned);
      positions.forEach(reader::seek);
      reader.seekToBeginning(added);
    }
  }

  private void readToEnd(Consumer<byte[], byte[]> reader, Set<TopicPartition> assigned) {
    Map<TopicPartition, Long> ends = reader.endOffsets(assigned);
    while (!closed
        && ends.entrySet().stream().anyMatch(e -> reader.position(e.getKey()) < e.getValue())) {
      reader.poll(POLL).forEach(this::apply);
    }
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      LOG.error("event=sensor-keys-without-sensor offset={}", record.offset());
      return;
    }
    String sensorId = new String(record.key(), UTF_8);
    try {
      SensorKeys keys = deserializer.deserialize(record.topic(), record.value());
      if (keys == null) {
        known.remove(sensorId);
      } else if (keys.getSensorId().equals(sensorId)) {
        known.put(sensorId, KnownKeys.of(keys));
      } else {
        throw new GeneralSecurityException("sensorId is " + keys.getSensorId());
      }
    } catch (RuntimeException | GeneralSecurityException e) {
      if (e instanceof org.apache.kafka.common.errors.RetriableException retriable) {
        throw retriable;
      }
      // It may have been meant to revoke a key.
      known.put(sensorId, KnownKeys.UNREADABLE);
      LOG.error(
          "event=sensor-keys-undecodable sensor={} offset={} reason=\"{}\"; none of its records is"
              + " believed until its keys are written anew",
          sensorId,
          record.offset(),
          e.toString());
    }
  }

  private void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(AFTER_TROUBLE.toNanos());
    } catch (InterruptedException e) {
      LOG.debug("closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    Consumer<byte[], byte[]> reader = consumer;
    if (reader != null) {
      reader.wakeup();
    }
    thread.interrupt();
  }
}
