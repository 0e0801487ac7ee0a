package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeTest {

  private static final long AT = 1_777_636_800_000_000L;
  private static final Clock CLOCK = new Clock(ClockSource.GPS, 200L);

  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final MockProducer<String, byte[]> kafka =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

  @TempDir private Path spool;

  private List<AudioFrame> frames() {
    ConfluentAvroDeserializer<AudioFrame> frames =
        new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
    return kafka.history().stream()
        .filter(record -> record.topic().equals(Topics.AUDIO_FRAMES.name()))
        .map(record -> frames.deserialize(record.topic(), record.value()))
        .toList();
  }

  @Test
  void aChunkIsWholeFramesOfItsDeviceAtOnceNumberedAndDatedByTheDevice() throws Exception {
    List<SensorIdentity> sensors =
        List.of(
            SensorIdentity.of("a", 52.5, 13.4, 400, CLOCK),
            SensorIdentity.of("b", 52.6, 13.4, 400, CLOCK));
    try (StoreAndForward forward =
        StoreAndForward.open(
            ForwardSettings.of(SpoolSettings.in(spool.resolve("spool"))),
            () -> new FleetProducer(kafka, registry, true),
            sensors.stream().map(SensorIdentity::sensor).toList())) {
      Bridge bridge = new Bridge(sensors, forward, "boot", 1_000, AudioEncoding.PCM_S16LE);

      // 2.05 s: the last 50 ms are too short for a frame of their own.
      assertThat(bridge.take("a", new short[32_800], 16_000, AT, CLOCK)).isTrue();
      assertThat(bridge.take("b", new short[4_000], 8_000, AT, CLOCK)).isTrue();
      assertThat(bridge.take("a", new short[16_000], 16_000, AT + 2_050_000, CLOCK)).isTrue();
      assertThat(bridge.take("a", new short[16_000], 16_000, AT + 9_000_000, CLOCK)).isTrue();
      assertThat(bridge.take("a", new short[8_000], 8_000, AT + 10_000_000, CLOCK)).isTrue();

      await().untilAsserted(() -> assertThat(frames()).hasSize(6));
      assertThat(frames()).extracting(AudioFrame::getClock).containsOnly(CLOCK);
      assertThat(frames())
          .extracting(
              AudioFrame::getSensorId,
              AudioFrame::getBootId,
              AudioFrame::getSequence,
              frame -> frame.getSamples().remaining() / 2,
              AudioFrame::getRunSample,
              frame -> frame.getCapturedAt().toEpochMilli() - AT / 1_000)
          .containsExactlyInAnyOrder(
              tuple("a", "boot", 0L, 16_000, 0L, 0L),
              tuple("a", "boot", 1L, 16_800, 16_000L, 1_000L),
              tuple("b", "boot", 0L, 4_000, 0L, 0L),
              tuple("a", "boot", 2L, 16_000, 32_800L, 2_050L),
              tuple("a", "boot", 3L, 16_000, 0L, 9_000L),
              tuple("a", "boot-1", 0L, 8_000, 0L, 10_000L));
    }
  }
}
