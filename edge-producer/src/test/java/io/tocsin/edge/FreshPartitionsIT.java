package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/** A fleet that speaks the moment its topics exist, into a real broker. */
class FreshPartitionsIT {

  private static final int SENSORS = 16;
  private static final int FRAMES_PER_SENSOR = 100;
  private static final int PARTITIONS = 12;
  private static final Clock CLOCK = Clock.newBuilder().setUncertaintyMicros(1_000).build();

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
  }

  @AfterEach
  void stopBroker() throws Exception {
    cluster.close();
  }

  @RepeatedTest(3)
  void everyFrameArrivesInOrder() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
        FleetProducer fleet =
            FleetProducer.connect(cluster.bootstrapServers(), registry, true, Map.of())) {
      TopicCreation.create(admin, PARTITIONS, (short) 1);
      List<SensorLink> links = new ArrayList<>();
      for (int s = 0; s < SENSORS; s++) {
        links.add(
            new SensorLink(
                SensorIdentity.of("s-" + s, 52.5, 13.4, 400, CLOCK),
                fleet,
                "b",
                16_000,
                AudioEncoding.PCM_S16LE));
      }
      short[] second = new short[16_000];
      for (int f = 0; f < FRAMES_PER_SENSOR; f++) {
        for (SensorLink link : links) {
          var unused = link.send(second, 1_777_636_800_000_000L + f * 1_000_000L);
        }
      }
      fleet.flush();
      assertThat(links).extracting(SensorLink::framesDropped).containsOnly(0L);
      assertThat(links).noneMatch(link -> link.registration().isCompletedExceptionally());
    }
    List<Long> everyNumber = LongStream.range(0, FRAMES_PER_SENSOR).boxed().toList();
    assertThat(numbersBySensor())
        .hasSize(SENSORS)
        .allSatisfy((sensor, numbers) -> assertThat(numbers).isEqualTo(everyNumber));
  }

  /** The frames' numbers as they lie in the topic. */
  private Map<String, List<Long>> numbersBySensor() throws Exception {
    Map<String, List<Long>> numbers = new HashMap<>();
    ConfluentAvroDeserializer<AudioFrame> frames =
        new ConfluentAvroDeserializer<>(registry, AudioFrame.class);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.AUDIO_FRAMES.name()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          numbers
              .computeIfAbsent(record.key(), k -> new ArrayList<>())
              .add(frames.deserialize(record.topic(), record.value()).getSequence());
        }
      }
    }
    return numbers;
  }
}
