package io.tocsin.jobs.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.Topic;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic into domain records. What does not decode, or cannot be true, comes out as a {@link
 * DeadLetter} in its place: before watermarks are made, so that one bad clock moves nobody's time.
 */
public final class InboundRecords<T extends SpecificRecord, D>
    implements KafkaRecordDeserializationSchema<Either<DeadLetter, D>> {

  private static final long serialVersionUID = 1L;

  private static final SignatureCheck BELIEVES_ALL = SignatureCheck.none();

  private final Class<T> valueType;
  private final Class<D> domainType;
  private final DomainMapping<T, D> mapping;
  private final @Nullable KafkaSettings kafka;
  private final RegistrySettings registry;
  private final String part;

  private transient ConfluentAvroDeserializer<T> deserializer;
  private transient SignatureCheck signatures;
  private transient Counter received;
  private transient Counter deadLetters;
  private transient Counter passedOver;
  private transient Counter unbelieved;

  InboundRecords(
      Class<T> valueType,
      Class<D> domainType,
      DomainMapping<T, D> mapping,
      RegistrySettings registry,
      String part) {
    this(valueType, domainType, mapping, null, registry, part);
  }

  private InboundRecords(
      Class<T> valueType,
      Class<D> domainType,
      DomainMapping<T, D> mapping,
      @Nullable KafkaSettings kafka,
      RegistrySettings registry,
      String part) {
    this.kafka = kafka;
    this.valueType = valueType;
    this.domainType = domainType;
    this.mapping = mapping;
    this.registry = registry;
    this.part = part;
  }

  /**
   * A source of {@code topic} that starts at the group's committed offsets, or at the beginning.
   *
   * @param part name of the job, for group id and dead letters
   */
  // The connector's own parameter type is the one that Kafka's clients deprecate.
  @SuppressWarnings("deprecation")
  public static <T extends SpecificRecord, D> KafkaSource<Either<DeadLetter, D>> source(
      Topic<T> topic,
      Class<D> domainType,
      DomainMapping<T, D> mapping,
      KafkaSettings settings,
      String part) {
    return builder(topic, domainType, mapping, settings, part)
        .setStartingOffsets(
            OffsetsInitializer.committedOffsets(
                org.apache.kafka.clients.consumer.OffsetResetStrategy.EARLIEST))
        .build();
  }

  /** A source of a compacted {@code topic} that always starts at the beginning: a table. */
  public static <T extends SpecificRecord, D> KafkaSource<Either<DeadLetter, D>> table(
      Topic<T> topic,
      Class<D> domainType,
      DomainMapping<T, D> mapping,
      KafkaSettings settings,
      String part) {
    return builder(topic, domainType, mapping, settings, part)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .build();
  }

  private static <T extends SpecificRecord, D>
      org.apache.flink.connector.kafka.source.KafkaSourceBuilder<Either<DeadLetter, D>> builder(
          Topic<T> topic,
          Class<D> domainType,
          DomainMapping<T, D> mapping,
          KafkaSettings settings,
          String part) {
    String group = settings.groupOf(part);
    return KafkaSource.<Either<DeadLetter, D>>builder()
        .setBootstrapServers(settings.bootstrapServers())
        .setGroupId(group)
        .setClientIdPrefix(group + "-" + topic.name())
        .setTopics(topic.name())
        .setProperties(settings.clientProperties())
        .setProperty("isolation.level", "read_committed")
        .setProperty("partition.discovery.interval.ms", "30000")
        .setDeserializer(
            new InboundRecords<>(
                topic.valueType(),
                domainType,
                mapping,
                SignatureCheck.isOfSensors(topic.name()) ? settings : null,
                settings.registry(),
                part));
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    SignatureCheck check =
        kafka == null
            ? BELIEVES_ALL
            : SharedSensorKeys.check(kafka, context.getUserCodeClassLoader());
    open(Registry.connect(registry), context.getMetricGroup(), check);
  }

  void open(SchemaRegistryClient client, MetricGroup metrics, SignatureCheck check) {
    signatures = check;
    unbelieved = metrics.counter("recordsUnbelieved");
    deserializer = new ConfluentAvroDeserializer<>(client, valueType);
    received = metrics.counter("recordsReceived");
    deadLetters = metrics.counter("deadLetters");
    passedOver = metrics.counter("recordsPassedOver");
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> record, Collector<Either<DeadLetter, D>> out) {
    received.inc();
    Either<DeadLetter, D> read = read(record, Instant.now());
    if (read == null) {
      passedOver.inc();
      return;
    }
    if (read.isLeft()) {
      deadLetters.inc();
    }
    out.collect(read);
  }

  /** What the record is; null where it is not for this job. */
  private @Nullable Either<DeadLetter, D> read(ConsumerRecord<byte[], byte[]> record, Instant now) {
    @Nullable String key = record.key() == null ? null : new String(record.key(), UTF_8);
    try {
      signatures.require(record.topic(), record.key(), record.value(), record.headers());
      @Nullable T value = deserializer.deserialize(record.topic(), record.value());
      if (value == null) {
        D withdrawn = key == null ? null : mapping.withdrawn(key);
        return withdrawn == null
            ? Either.Left(
                DeadLetter.implausible(
                    record, part, "value is null; " + record.topic() + " knows no withdrawal"))
            : Either.Right(withdrawn);
      }
      Optional<String> problem = Plausibility.problemOf(key, value, now);
      if (problem.isPresent()) {
        return Either.Left(DeadLetter.implausible(record, part, problem.get()));
      }
      return mapping.concerns(value)
          ? Either.Right(mapping.withHeaders(mapping.toDomain(value), record.headers()))
          : null;
    } catch (UnbelievedRecordException e) {
      unbelieved.inc();
      return Either.Left(DeadLetter.unbelieved(record, part, e));
    } catch (UndecodableRecordException | RefusedRecordException e) {
      return Either.Left(DeadLetter.undecodable(record, part, e));
    }
  }

  @Override
  public TypeInformation<Either<DeadLetter, D>> getProducedType() {
    return new EitherTypeInfo<>(
        TypeInformation.of(DeadLetter.class), TypeInformation.of(domainType));
  }
}
