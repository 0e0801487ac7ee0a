package io.tocsin.stack.bench.outage;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A subscriber of the frames from before the outage to after it, and what it received. */
final class FrameWatch implements AutoCloseable {

  /**
   * A frame's first arrival.
   *
   * @param endMicros when its last sample was captured
   * @param atMicros when it arrived
   */
  record Arrival(long endMicros, long atMicros) {

    double delayMillis() {
      return (atMicros - endMicros) / 1e3;
    }
  }

  private final Map<FrameNumber, Arrival> arrivals = new ConcurrentHashMap<>();
  private final KafkaConsumer<String, byte[]> consumer;
  private final ConfluentAvroDeserializer<AudioFrame> frames;
  private final Thread thread = new Thread(this::watch, "frame-watch");
  private volatile boolean closed;
  private volatile long again;
  private volatile long damaged;

  FrameWatch(Map<String, Object> kafka, SchemaRegistryClient registry, int partitions) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    this.consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    this.frames = new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
    List<TopicPartition> all = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      all.add(new TopicPartition(Topics.AUDIO_FRAMES.name(), p));
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try (consumer) {
      while (!closed) {
        try {
          for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
            take(record);
          }
        } catch (RetriableException e) {
          // Kafka is down, as planned.
        }
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  private void take(ConsumerRecord<String, byte[]> record) {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    AudioFrame frame = frames.deserialize(record.topic(), record.value());
    FrameNumber number =
        new FrameNumber(
            FrameNumber.sensorOf(frame.getSensorId()), frame.getBootId(), frame.getSequence());
    if (!record.key().equals(frame.getSensorId())
        || !Arrays.equals(Pcm16.decode(frame.getSamples()), number.samples())) {
      damaged++;
    }
    long end = ChronoUnit.MICROS.between(Instant.EPOCH, frame.getCapturedAt()) + FrameNumber.MICROS;
    if (arrivals.putIfAbsent(number, new Arrival(end, now)) != null) {
      again++;
    }
  }

  /** Frames that arrived, each once. */
  Map<FrameNumber, Arrival> arrivals() {
    return arrivals;
  }

  Set<FrameNumber> numbers() {
    return arrivals.keySet();
  }

  /** Arrivals of frames that had arrived before. */
  long again() {
    return again;
  }

  /** Frames that are not as they were captured. */
  long damaged() {
    return damaged;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
