package io.tocsin.stack.bench.modes;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.stack.StackException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What Kafka holds of each sensor's audio. */
final class Arrivals {

  /**
   * A sensor's audio.
   *
   * @param firstCapturedAt of the first frame's first sample
   * @param firstSentAt when that frame was sent
   * @param seconds of audio by what privacy did to it
   */
  record Audio(Instant firstCapturedAt, Instant firstSentAt, Map<Privacy, Double> seconds) {

    double seconds(Privacy privacy) {
      return seconds.getOrDefault(privacy, 0.0);
    }
  }

  private static final int LONGEST_FRAME_SECONDS = 10;

  private Arrivals() {}

  /** Reads the topic of frames from its beginning to its end. */
  static Map<String, Audio> read(Map<String, Object> kafka, SchemaRegistryClient registry) {
    ConfluentAvroDeserializer<AudioFrame> deserializer =
        new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
    Map<String, Audio> found = new HashMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(kafka), new StringDeserializer(), new ByteArrayDeserializer())) {
      String topic = Topics.AUDIO_FRAMES.name();
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          add(
              found,
              deserializer.deserialize(topic, record.value()),
              Instant.ofEpochMilli(record.timestamp()));
        }
      }
    }
    return found;
  }

  private static void add(Map<String, Audio> found, AudioFrame frame, Instant sentAt) {
    Audio audio =
        found.computeIfAbsent(
            frame.getSensorId(), s -> new Audio(frame.getCapturedAt(), sentAt, new HashMap<>()));
    audio
        .seconds()
        .merge(
            frame.getPrivacy(), (double) samples(frame) / frame.getSampleRateHertz(), Double::sum);
  }

  private static int samples(AudioFrame frame) {
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE) {
      return frame.getSamples().remaining() / Short.BYTES;
    }
    try {
      return FlacFrames.decode(
              frame.getSamples(), "samples", LONGEST_FRAME_SECONDS * frame.getSampleRateHertz())
          .length;
    } catch (UnreadableAudioException e) {
      throw new StackException("a frame that a sensor sent cannot be read: " + e.getMessage(), e);
    }
  }
}
