package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.identity.KnownKeys;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.schema.identity.SensorSigner;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose frames evidence takes. */
class FrameReaderTest {

  private static final String TOPIC = Topics.AUDIO_FRAMES.name();
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
  private static final EvidenceSpan SPAN = new EvidenceSpan(START, START.plusSeconds(60));

  private final SensorKeyPair ofA = SensorKeyPair.generate();
  private final SensorKeyPair ofB = SensorKeyPair.generate();
  private final SensorKeyPair stolen = SensorKeyPair.generate();
  private final Map<String, KnownKeys> known = new HashMap<>();
  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final ConfluentAvroSerializer<AudioFrame> serializer =
      new ConfluentAvroSerializer<>(registry, true);
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>("earliest") {
        @Override
        public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
            Map<TopicPartition, Long> times) {
          return Map.of(PARTITION, new OffsetAndTimestamp(0, 0));
        }
      };

  private static SensorKey key(SensorKeyPair pair, @Nullable Instant revokedAt) {
    return SensorKey.newBuilder()
        .setPublicKey(ByteBuffer.wrap(pair.publicKey().getEncoded()))
        .setAddedAt(Instant.EPOCH)
        .setRevokedAt(revokedAt)
        .build();
  }

  /** Sends a frame of a second. */
  private void send(
      String sensor, int second, @Nullable SensorKeyPair signedWith, boolean changed) {
    AudioFrame frame =
        AudioFrame.newBuilder()
            .setSensorId(sensor)
            .setBootId("boot")
            .setSequence(second)
            .setCapturedAt(START.plusSeconds(second))
            .setClock(new Clock(ClockSource.GPS, 1_000L))
            .setSampleRateHertz(16_000)
            .setEncoding(AudioEncoding.PCM_S16LE)
            .setSamples(Pcm16.encode(new short[16_000]))
            .setRunSample(second * 16_000L)
            .build();
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(TOPIC, sensor, serializer.serialize(TOPIC, frame));
    if (signedWith != null) {
      new SensorSigner(signedWith).sign(record);
    }
    byte[] value = record.value();
    if (changed) {
      // The last sample.
      value[value.length - 8] ^= 1;
    }
    log.add(
        new ConsumerRecord<>(
            TOPIC,
            0,
            log.size(),
            START.plusSeconds(second + 1).toEpochMilli(),
            TimestampType.CREATE_TIME,
            1,
            value.length,
            sensor.getBytes(UTF_8),
            value,
            record.headers(),
            Optional.empty()));
  }

  private FoundFrames found(SensorKeyMode mode) {
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, (long) log.size()));
    consumer.schedulePollTask(() -> log.forEach(consumer::addRecord));
    try (FrameReader reader =
        new FrameReader(
            consumer, registry, new SignatureCheck(mode, (sensor, wanted) -> known.get(sensor)))) {
      return reader.read(List.of("a", "b"), SPAN, START.plusSeconds(3_600));
    }
  }

  private static List<Long> sequences(FoundFrames found, String sensor) {
    return found.frames().get(sensor).stream().map(CapturedFrame::sequence).toList();
  }

  private void sendEverything() throws Exception {
    known.put("a", KnownKeys.of(new SensorKeys("a", List.of(key(ofA, null), key(stolen, START)))));
    send("a", 0, ofA, false);
    send("a", 1, null, false);
    send("a", 2, ofB, false);
    send("a", 3, stolen, false);
    send("a", 4, ofA, true);
    send("a", 5, ofA, false);
    send("b", 0, null, false);
    send("b", 1, ofB, false);
  }

  @Test
  void framesThatAreNotSignedByTheirSensorAreNoEvidence() throws Exception {
    sendEverything();
    FoundFrames found = found(SensorKeyMode.REQUIRED);
    assertThat(sequences(found, "a")).containsExactly(0L, 5L);
    assertThat(sequences(found, "b")).isEmpty();
    assertThat(found.missing()).containsExactly("b");
  }

  @Test
  void whereKeysAreOptionalOnlySensorsThatHaveOneMustSign() throws Exception {
    sendEverything();
    FoundFrames found = found(SensorKeyMode.OPTIONAL);
    assertThat(sequences(found, "a")).containsExactly(0L, 5L);
    assertThat(sequences(found, "b")).containsExactly(0L, 1L);
  }

  @Test
  void whereKeysAreOffEveryFrameIs() throws Exception {
    sendEverything();
    FoundFrames found = found(SensorKeyMode.OFF);
    assertThat(sequences(found, "a")).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    assertThat(sequences(found, "b")).containsExactly(0L, 1L);
  }
}
