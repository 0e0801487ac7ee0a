package io.tocsin.jobs.health;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The whole topology of SensorHealth.
 *
 * <pre>
 *   tocsin.heartbeats.v1 ─ bytes ─▶ decode-heartbeats ─┬─▶ health ─▶ tocsin.sensor-status.v1
 *   tocsin.detections.v1 ─ bytes ─▶ decode-detections ─┘     (stores: last heartbeat and status,
 *                             │                               detections by minute)
 *                             └─ undecodable, implausible ─▶ &lt;topic&gt;.dlq
 * </pre>
 */
public final class SensorHealthTopology {

  static final String PART = "sensor-health";
  static final String STATUS_STORE = "sensor-status";
  static final String HEARTBEAT_STORE = "last-heartbeat";
  static final String RATE_STORE = "detections-by-minute";
  static final String HEALTH = "health";
  static final String STATUS_SINK = "status";
  static final String DLQ_SINK = "dead-letters";

  private SensorHealthTopology() {}

  /**
   * Builds the topology.
   *
   * @param registry makes a registry client; called once
   * @param autoRegister whether the status schema may be registered on first use
   */
  public static Topology topology(
      SensorHealthSettings settings,
      Supplier<SchemaRegistryClient> registry,
      boolean autoRegister) {
    return topology(settings, registry, autoRegister, SignatureCheck.none());
  }

  /**
   * The same.
   *
   * @param signatures what is asked of sensors' records
   */
  static Topology topology(
      SensorHealthSettings settings,
      Supplier<SchemaRegistryClient> registry,
      boolean autoRegister,
      SignatureCheck signatures) {
    Topology topology = new Topology();
    SchemaRegistryClient client = registry.get();
    addDecoder(topology, Topics.HEARTBEATS, client, signatures);
    addDecoder(topology, Topics.DETECTIONS, client, SignatureCheck.none());
    topology
        .addProcessor(
            HEALTH,
            () -> new HealthProcessor(settings),
            decoder(Topics.HEARTBEATS),
            decoder(Topics.DETECTIONS))
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(HEARTBEAT_STORE),
                Serdes.String(),
                serde(Topics.HEARTBEATS, client, autoRegister)),
            HEALTH)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(STATUS_STORE),
                Serdes.String(),
                serde(Topics.SENSOR_STATUS, client, autoRegister)),
            HEALTH)
        .addStateStore(
            Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(RATE_STORE), Serdes.String(), Serdes.Long()),
            HEALTH)
        .addSink(
            STATUS_SINK,
            Topics.SENSOR_STATUS.name(),
            new StringSerializer(),
            new ConfluentAvroSerializer<SensorStatus>(client, autoRegister),
            HEALTH)
        .addSink(
            DLQ_SINK,
            (key, value, context) -> context.topic() + Topic.DLQ_SUFFIX,
            new ByteArraySerializer(),
            new ByteArraySerializer(),
            decoder(Topics.HEARTBEATS),
            decoder(Topics.DETECTIONS));
    return topology;
  }

  static String decoder(Topic<?> topic) {
    return "decode-" + topic.valueType().getSimpleName();
  }

  private static <T extends SpecificRecord> void addDecoder(
      Topology topology, Topic<T> topic, SchemaRegistryClient client, SignatureCheck signatures) {
    String source = "source-" + topic.valueType().getSimpleName();
    topology
        .addSource(source, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic.name())
        .addProcessor(
            decoder(topic),
            () ->
                new DecodingProcessor<>(
                    new ConfluentAvroDeserializer<>(client, topic.valueType()), signatures),
            source);
  }

  /** Stored values keep the wire format, so that a later build reads an earlier one's stores. */
  private static <T extends SpecificRecord> Serde<T> serde(
      Topic<T> topic, SchemaRegistryClient client, boolean autoRegister) {
    ConfluentAvroSerializer<T> serializer = new ConfluentAvroSerializer<>(client, autoRegister);
    // The changelog topic has a name of its own; its values are of the catalogue's subject.
    return Serdes.serdeFrom(
        (name, value) -> serializer.serialize(topic.name(), value),
        new SubjectDeserializer<>(topic, client));
  }

  private record SubjectDeserializer<T extends SpecificRecord>(
      String topic, ConfluentAvroDeserializer<T> deserializer)
      implements org.apache.kafka.common.serialization.Deserializer<T> {

    SubjectDeserializer(Topic<T> topic, SchemaRegistryClient client) {
      this(topic.name(), new ConfluentAvroDeserializer<>(client, topic.valueType()));
    }

    @Override
    public synchronized T deserialize(String name, byte[] bytes) {
      return deserializer.deserialize(topic, bytes);
    }
  }
}
