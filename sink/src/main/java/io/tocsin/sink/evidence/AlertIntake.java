package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ImplausibleRecordException;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads alert records into what they ask for. */
final class AlertIntake {

  /** An id becomes a part of a key in the object store. */
  private static final Pattern ALERT_ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._:-]{0,127}");

  private final ConfluentAvroDeserializer<DistressAlert> deserializer;

  AlertIntake(SchemaRegistryClient registry) {
    this.deserializer = new ConfluentAvroDeserializer<>(registry, DistressAlert.class);
  }

  /**
   * @return empty for an alert without detections, which asks for nothing
   * @throws UndecodableRecordException if the bytes are no alert
   * @throws ImplausibleRecordException if it cannot be true
   * @throws io.tocsin.schema.wire.RegistryUnavailableException if the registry does not answer: try
   *     again
   */
  Optional<Want> read(ConsumerRecord<byte[], byte[]> record, Instant now) {
    @Nullable String key = record.key() == null ? null : new String(record.key(), UTF_8);
    Instant publishedAt = Instant.ofEpochMilli(record.timestamp());
    if (key == null || !ALERT_ID.matcher(key).matches()) {
      throw new ImplausibleRecordException(
          "alertId is '" + key + "'; 1 to 128 letters, digits and . _ : -, no dot first");
    }
    if (record.value() == null) {
      return Optional.of(Want.deletion(key, publishedAt));
    }
    DistressAlert alert = deserializer.deserialize(record.topic(), record.value());
    Optional<String> problem = Plausibility.problemOf(key, alert, now);
    if (problem.isPresent()) {
      throw new ImplausibleRecordException(problem.get());
    }
    Want want = Want.of(alert, publishedAt);
    boolean asksForNothing = want.detectionIds().isEmpty() && want.deletion() == null;
    return asksForNothing ? Optional.empty() : Optional.of(want);
  }
}
