package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spool in front of a real broker. */
class StoreAndForwardIT {

  private static final SensorIdentity IDENTITY =
      SensorIdentity.of(
          "s-1", 52.5, 13.4, 400, Clock.newBuilder().setUncertaintyMicros(1_000).build());
  private static final long START_MICROS = 1_777_636_800_000_000L;
  private static final int RATE = 16_000;

  @TempDir private Path folder;
  private final SchemaRegistryClient registry = new MockSchemaRegistryClient();
  private KafkaClusterTestKit cluster;

  @BeforeEach
  void startBroker() throws Exception {
    cluster =
        new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build())
            .setConfigProp("auto.create.topics.enable", "false")
            .build();
    cluster.format();
    cluster.startup();
    cluster.waitForReadyBrokers();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      // From birth: a change of it reaches the log some time after it is acknowledged.
      NewTopic small =
          new NewTopic(Topics.AUDIO_FRAMES.name(), 1, (short) 1)
              .configs(Map.of("max.message.bytes", "100000"));
      admin.createTopics(List.of(small)).all().get();
      TopicCreation.create(admin, 1, (short) 1);
    }
  }

  @AfterEach
  void stopBroker() throws Exception {
    cluster.close();
  }

  private StoreAndForward open(String bootstrapServers) throws Exception {
    return StoreAndForward.open(
        settings(),
        () -> FleetProducer.connect(bootstrapServers, registry, true, ForwardSettings.KAFKA_CLIENT),
        List.of(IDENTITY.sensor()));
  }

  private ForwardSettings settings() {
    return ForwardSettings.of(SpoolSettings.in(folder));
  }

  private static SpooledSensor sensor(StoreAndForward forward, String boot) {
    return new SpooledSensor(IDENTITY, forward, boot, RATE, AudioEncoding.PCM_S16LE);
  }

  private static void capture(SpooledSensor sensor, int frames, int samples) {
    for (int i = 0; i < frames; i++) {
      assertThat(sensor.accept(new short[samples], START_MICROS + i * 1_000_000L)).isTrue();
    }
  }

  private List<String> framesInKafka() {
    List<String> frames = new ArrayList<>();
    ConfluentAvroDeserializer<AudioFrame> deserializer =
        new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
    TopicPartition partition = new TopicPartition(Topics.AUDIO_FRAMES.name(), 0);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          AudioFrame frame = deserializer.deserialize(record.topic(), record.value());
          frames.add(frame.getBootId() + " " + frame.getSequence());
        }
      }
    }
    return frames;
  }

  private static List<String> numbers(String boot, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> boot + " " + i).toList();
  }

  @Test
  void whatWasStoredWithoutABrokerComesAfterARestartUnderItsOwnBootAndNumbers() throws Exception {
    try (StoreAndForward forward = open("nowhere.invalid:9092")) {
      capture(sensor(forward, "first"), 30, RATE);
      assertThat(forward.status().spool().depth()).isEqualTo(30);
    }
    try (StoreAndForward forward = open(cluster.bootstrapServers())) {
      capture(sensor(forward, "second"), 5, RATE);
      assertThat(forward.awaitEmpty(Duration.ofSeconds(30))).isTrue();
      assertThat(forward.status().acknowledged()).isEqualTo(35);
    }
    assertThat(framesInKafka())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 35)
                .mapToObj(i -> i < 30 ? "first " + i : "second " + (i - 30))
                .toList());
  }

  @Test
  void aFrameThatTheBrokerFindsTooLargeGoesAsideAndCanBeReadmitted() throws Exception {
    try (StoreAndForward forward = open(cluster.bootstrapServers())) {
      SpooledSensor sensor = sensor(forward, "b");
      capture(sensor, 3, RATE);
      capture(sensor, 1, 6 * RATE);
      capture(sensor, 3, RATE);
      assertThat(forward.awaitEmpty(Duration.ofSeconds(30))).isTrue();
      assertThat(forward.status().refused()).isEqualTo(1);
    }
    List<String> expected = new ArrayList<>(numbers("b", 0, 3));
    expected.addAll(numbers("b", 4, 7));
    assertThat(framesInKafka()).containsExactlyElementsOf(expected);
    assertThat(StoreAndForward.readmit(settings())).isEqualTo(1);
    try (StoreAndForward forward = open(cluster.bootstrapServers())) {
      // Still too large: aside again, and the sensor goes on.
      await().until(() -> forward.status().refused() == 1);
    }
  }
}
