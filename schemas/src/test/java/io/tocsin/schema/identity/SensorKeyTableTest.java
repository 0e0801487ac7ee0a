package io.tocsin.schema.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorKey;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SensorKeyTableTest {

  private static final String TOPIC = Topics.SENSOR_KEYS.name();
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final ConfluentAvroSerializer<SensorKeys> serializer =
      new ConfluentAvroSerializer<>(registry, true);
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final AtomicLong end = new AtomicLong();
  private final SensorKeyPair pair = SensorKeyPair.generate();
  private @Nullable SensorKeyTable table;

  private SensorKeyTable open() throws InterruptedException {
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
    table =
        SensorKeyTable.open(
            () -> consumer, new ConfluentAvroDeserializer<>(registry, SensorKeys.class), PATIENCE);
    return table;
  }

  @AfterEach
  void close() {
    if (table != null) {
      table.close();
    }
  }

  private void arrives(String sensor, byte @Nullable [] value) {
    long offset = end.getAndIncrement();
    consumer.updateEndOffsets(Map.of(PARTITION, end.get()));
    consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, sensor.getBytes(UTF_8), value));
  }

  private byte[] keys(String sensor, @Nullable Instant revokedAt) {
    SensorKey key =
        SensorKey.newBuilder()
            .setPublicKey(ByteBuffer.wrap(pair.publicKey().getEncoded()))
            .setAddedAt(Instant.EPOCH)
            .setRevokedAt(revokedAt)
            .build();
    return serializer.serialize(TOPIC, new SensorKeys(sensor, List.of(key)));
  }

  private KnownKeys.@Nullable Known known(SensorKeyTable from, String sensor) {
    KnownKeys keys = from.of(sensor, null);
    return keys == null ? null : keys.key(KeyId.of(pair.publicKey()));
  }

  @Test
  void aKeyThatWasWrittenBeforeTheRecordIsFoundThoughItWasNotReadYet() throws Exception {
    SensorKeyTable keys = open();
    arrives("a", keys("a", null));
    KnownKeys found = keys.of("a", KeyId.of(pair.publicKey()));
    assertThat(found).isNotNull();
    assertThat(found.key(KeyId.of(pair.publicKey()))).isNotNull();
  }

  @Test
  void aFloodOfUnknownKeysAsksKafkaFiveTimesASecondAtMost() throws Exception {
    SensorKeyTable keys = open();
    long from = System.nanoTime();
    for (int i = 0; i < 20_000; i++) {
      assertThat(keys.of("forged", new KeyId(i))).isNull();
    }
    double seconds = (System.nanoTime() - from) / 1e9;
    assertThat(keys.looks()).isBetween(1L, 1 + (long) Math.ceil(5 * seconds));
  }

  @Test
  void aRevocationAndAWithdrawalCountAMomentLater() throws Exception {
    SensorKeyTable keys = open();
    arrives("a", keys("a", null));
    await().atMost(PATIENCE).until(() -> known(keys, "a") != null);
    arrives("a", keys("a", Instant.EPOCH));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              KnownKeys.Known key = known(keys, "a");
              return key != null && key.revokedAt() != null;
            });
    arrives("a", null);
    await().atMost(PATIENCE).until(() -> keys.of("a", null) == null);
  }

  @Test
  void aRecordOfKeysThatCannotBeReadTakesTheBeliefInTheSensorAlone() throws Exception {
    SensorKeyTable keys = open();
    arrives("b", keys("b", null));
    arrives("a", keys("a", null));
    arrives("a", new byte[] {9, 9});
    arrives("c", keys("another", null));
    await().atMost(PATIENCE).until(() -> keys.of("c", null) != null);
    assertThat(keys.of("a", null)).isSameAs(KnownKeys.UNREADABLE);
    assertThat(keys.of("c", null)).isSameAs(KnownKeys.UNREADABLE);
    assertThat(known(keys, "b")).isNotNull();
  }

  @Test
  void aTopicThatMayNotBeReadIsAnErrorThatNamesIt() {
    consumer.setPollException(new TopicAuthorizationException(TOPIC));
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 1L));
    assertThatThrownBy(
            () ->
                SensorKeyTable.open(
                    () -> consumer,
                    new ConfluentAvroDeserializer<>(registry, SensorKeys.class),
                    PATIENCE))
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining(TOPIC)
        .hasMessageContaining("TopicAuthorizationException");
  }
}
