package io.tocsin.jobs.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.Serializable;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Writes domain records to a topic in the Confluent wire format, keyed as the catalogue says. */
public final class OutboundRecords<D, T extends SpecificRecord>
    implements KafkaRecordSerializationSchema<D> {

  private static final long serialVersionUID = 1L;

  /** Turns a domain record into the topic's Avro record. */
  public interface AvroMapping<D, T> extends Function<D, T>, Serializable {}

  /** What a record says beside its value. */
  public interface HeaderMapping<D> extends Serializable {

    /** Adds what the record is to bear. */
    void write(D element, Headers headers);
  }

  private final String topic;
  private final KeyOf<T> keyOf;
  private final AvroMapping<D, T> mapping;
  private final HeaderMapping<D> headers;
  private final RegistrySettings registry;

  private transient ConfluentAvroSerializer<T> serializer;

  interface KeyOf<T> extends Serializable {
    String of(T value);
  }

  OutboundRecords(
      String topic,
      KeyOf<T> keyOf,
      AvroMapping<D, T> mapping,
      HeaderMapping<D> headers,
      RegistrySettings registry) {
    this.topic = topic;
    this.keyOf = keyOf;
    this.mapping = mapping;
    this.headers = headers;
    this.registry = registry;
  }

  /** A sink to {@code topic}; at least once, or exactly once where the settings ask for it. */
  public static <D, T extends SpecificRecord> KafkaSink<D> sink(
      Topic<T> topic,
      AvroMapping<D, T> mapping,
      HeaderMapping<D> headers,
      KafkaSettings settings,
      String part) {
    String name = topic.name();
    return configured(KafkaSink.<D>builder(), settings, transactions(settings, part, name))
        .setRecordSerializer(
            new OutboundRecords<>(
                name, value -> key(name, value), mapping, headers, settings.registry()))
        .build();
  }

  /** A sink of dead letters, each to the dead-letter topic of where it came from. */
  public static KafkaSink<DeadLetter> deadLetters(KafkaSettings settings, String part) {
    return configured(
            KafkaSink.<DeadLetter>builder(), settings, transactions(settings, part, "dlq"))
        .setRecordSerializer((letter, context, timestamp) -> letter.toRecord())
        .build();
  }

  /**
   * What the names of a sink's transactions begin with: the same after every restart, so that the
   * job finds those that it left open, and no other sink's.
   */
  static String transactions(KafkaSettings settings, String part, String sink) {
    String job =
        settings.groupId() == null ? settings.groupOf(part) : settings.groupId() + "-" + part;
    return job + "-" + sink;
  }

  private static <D> KafkaSinkBuilder<D> configured(
      KafkaSinkBuilder<D> builder, KafkaSettings settings, String transactionalIdPrefix) {
    builder
        .setKafkaProducerConfig(settings.clientProperties())
        .setBootstrapServers(settings.bootstrapServers())
        .setProperty("compression.type", "gzip");
    if (settings.exactlyOnce()) {
      ConnectorFit.requireTransactions();
      builder
          .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
          .setTransactionalIdPrefix(transactionalIdPrefix)
          .setProperty(
              "transaction.timeout.ms", Long.toString(settings.transactionTimeout().toMillis()));
    } else {
      builder.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE);
    }
    return builder;
  }

  @SuppressWarnings("unchecked")
  private static <T extends SpecificRecord> String key(String topicName, T value) {
    // The catalogue's key functions do not travel; the topic is looked up where the job runs.
    Topic<T> topic = (Topic<T>) io.tocsin.schema.Topics.byName(topicName).orElseThrow();
    return topic.keyOf(value);
  }

  @Override
  public void open(
      SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
    open(Registry.connect(registry));
  }

  void open(SchemaRegistryClient client) {
    serializer = new ConfluentAvroSerializer<>(client, registry.autoRegister());
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      D element, KafkaSinkContext context, @Nullable Long timestamp) {
    T value = mapping.apply(element);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic, keyOf.of(value).getBytes(UTF_8), serializer.serialize(topic, value));
    headers.write(element, record.headers());
    return record;
  }
}
