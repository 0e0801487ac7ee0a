package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.SoundEvent;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ImplausibleRecordException;
import io.tocsin.schema.wire.UndecodableRecordException;
import io.tocsin.sink.Reading.Accepted;
import io.tocsin.sink.Reading.Letter;
import io.tocsin.sink.Reading.Refused;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** Reads Kafka records into values of their contracts, or says why that cannot be. */
final class Intake {

  static final String DECODE = "DECODE";
  static final String CHECK = "CHECK";

  private final Map<String, Contract<?>> contracts = new HashMap<>();
  private final SignatureCheck signatures;
  private final InstantSource clock;

  /**
   * @param signatures what is asked of sensors' own records
   */
  Intake(
      SchemaRegistryClient registry,
      Iterable<Topic<?>> topics,
      SignatureCheck signatures,
      InstantSource clock) {
    this.signatures = signatures;
    for (Topic<?> topic : topics) {
      contracts.put(topic.name(), Contract.of(topic, registry));
    }
    this.clock = clock;
  }

  /**
   * @throws io.tocsin.schema.wire.RegistryUnavailableException if the registry does not answer: the
   *     record is not to blame, so try again
   */
  Reading read(ConsumerRecord<byte[], byte[]> source) {
    Contract<?> contract = contracts.get(source.topic());
    if (contract == null) {
      return new Letter(source);
    }
    if (SignatureCheck.isOfSensors(source.topic())) {
      try {
        signatures.require(source.topic(), source.key(), source.value(), source.headers());
      } catch (UnbelievedRecordException e) {
        return new Refused(source, CHECK, e.getClass().getName(), String.valueOf(e.getMessage()));
      }
    }
    return read(source, contract);
  }

  private <T extends SpecificRecord> Reading read(
      ConsumerRecord<byte[], byte[]> source, Contract<T> contract) {
    String key = source.key() == null ? null : new String(source.key(), UTF_8);
    if (source.value() == null) {
      return tombstone(source, key, contract);
    }
    T value;
    try {
      value = contract.deserializer().deserialize(source.topic(), source.value());
    } catch (UndecodableRecordException e) {
      return new Refused(source, DECODE, e.getClass().getName(), String.valueOf(e.getMessage()));
    }
    return problemOf(key, value)
        .<Reading>map(reason -> implausible(source, reason))
        .orElseGet(() -> new Accepted<>(source, String.valueOf(key), value));
  }

  private static Reading tombstone(
      ConsumerRecord<byte[], byte[]> source, @Nullable String key, Contract<?> contract) {
    if (key != null && contract.tombstones()) {
      return new Accepted<>(source, key, null);
    }
    return implausible(
        source,
        key == null
            ? "key and value are null; a record needs the key of its value"
            : "value of key " + key + " is null; " + source.topic() + " has no tombstones");
  }

  private Optional<String> problemOf(@Nullable String key, SpecificRecord value) {
    return Plausibility.problemOf(key, value, clock.instant()).or(() -> azimuthProblem(value));
  }

  /** PostGIS cannot draw an ellipse whose axes point nowhere. */
  private static Optional<String> azimuthProblem(SpecificRecord value) {
    double azimuthDegrees = 0;
    if (value instanceof SoundEvent event) {
      azimuthDegrees = event.getLocation().getEllipse().getAzimuthDegrees();
    } else if (value instanceof DistressAlert alert) {
      azimuthDegrees = alert.getLocation().getEllipse().getAzimuthDegrees();
    }
    return Double.isFinite(azimuthDegrees)
        ? Optional.empty()
        : Optional.of("azimuthDegrees is " + azimuthDegrees + "; from 0 to 180 degrees is allowed");
  }

  private static Refused implausible(ConsumerRecord<byte[], byte[]> source, String reason) {
    return new Refused(source, CHECK, ImplausibleRecordException.class.getName(), reason);
  }

  /** How a topic's values are read, and whether a null value has a meaning on it. */
  private record Contract<T extends SpecificRecord>(
      ConfluentAvroDeserializer<T> deserializer, boolean tombstones) {

    static <T extends SpecificRecord> Contract<T> of(
        Topic<T> topic, SchemaRegistryClient registry) {
      return new Contract<>(
          new ConfluentAvroDeserializer<>(registry, topic.valueType()),
          TopicConfig.CLEANUP_POLICY_COMPACT.equals(
              topic.settings().get(TopicConfig.CLEANUP_POLICY_CONFIG)));
    }
  }
}
