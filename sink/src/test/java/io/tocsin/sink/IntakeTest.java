package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.SoundEvent;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistryUnavailableException;
import io.tocsin.sink.Reading.Accepted;
import io.tocsin.sink.Reading.Letter;
import io.tocsin.sink.Reading.Refused;
import java.io.IOException;
import java.time.InstantSource;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private final AwayableRegistry registry = new AwayableRegistry();
  private final Intake intake =
      new Intake(
          registry,
          Topics.all(),
          SignatureCheck.none(),
          InstantSource.fixed(Samples.NOON.plusSeconds(60)));

  /** Confluent's own mock, with its cable pulled at will. */
  private static final class AwayableRegistry extends MockSchemaRegistryClient {

    private boolean away;

    @Override
    public ParsedSchema getSchemaById(int id)
        throws IOException,
            io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException {
      if (away) {
        throw new IOException("connection refused");
      }
      return super.getSchemaById(id);
    }
  }

  @BeforeEach
  void registerSchemas() {
    Registry.registerAll(registry);
  }

  @Test
  void aGoodRecordIsAcceptedWithItsKey() {
    Reading reading = read(Topics.SENSORS, "s1", Samples.sensor("s1", 52, 13));

    assertThat(reading).isInstanceOf(Accepted.class);
    assertThat(((Accepted<?>) reading).key()).isEqualTo("s1");
    assertThat(((Accepted<?>) reading).value()).isEqualTo(Samples.sensor("s1", 52, 13));
  }

  @Test
  void aRegistrationThatIsNotItsSensorsIsRefused() {
    Intake suspicious =
        new Intake(
            registry,
            Topics.all(),
            new SignatureCheck(SensorKeyMode.REQUIRED, (sensorId, wanted) -> null),
            InstantSource.fixed(Samples.NOON.plusSeconds(60)));
    byte[] value = encoded(Topics.SENSORS, Samples.sensor("s1", 52, 13));
    assertThat(suspicious.read(record(Topics.SENSORS.name(), "s1", value)))
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            refused ->
                assertThat(refused.errorClass())
                    .isEqualTo(UnbelievedRecordException.class.getName()));
    assertThat(suspicious.read(record(Topics.SENSORS.name(), "s1", null)))
        .isInstanceOf(Reading.Refused.class);
  }

  @Test
  void aTombstoneIsAcceptedOnCompactedTopicsOnly() {
    assertThat(intake.read(record(Topics.PATTERNS.name(), "p1", null)))
        .isInstanceOf(Accepted.class);
    assertThat(intake.read(record(Topics.SOUND_EVENTS.name(), "e1", null)))
        .isInstanceOf(Refused.class);
    // Alerts are compacted too, but only to save space: no contract lets one vanish.
    assertThat(intake.read(record(Topics.DISTRESS_ALERTS.name(), "a1", null)))
        .isInstanceOf(Refused.class);
    assertThat(intake.read(record(Topics.PATTERNS.name(), null, null))).isInstanceOf(Refused.class);
  }

  @Test
  void anEllipseWithoutADirectionIsRefused() {
    SoundEvent event = Samples.event("e1", 1, "d1");
    event.getLocation().getEllipse().setAzimuthDegrees(Double.NaN);

    Reading reading = read(Topics.SOUND_EVENTS, "e1", event);

    assertThat(reading).isInstanceOf(Refused.class);
    assertThat(((Refused) reading).stage()).isEqualTo(Intake.CHECK);
    assertThat(((Refused) reading).reason()).contains("azimuthDegrees is NaN");
  }

  @Test
  void aRecordOfADeadLetterTopicIsNeverDecoded() {
    assertThat(intake.read(record(Topics.SENSORS.dlq(), "s1", new byte[] {1, 2})))
        .isInstanceOf(Letter.class);
  }

  @Test
  void aRecordIsNotToBlameForARegistryThatIsAway() {
    byte[] value = encoded(Topics.SENSORS, Samples.sensor("s1", 52, 13));
    registry.away = true;
    assertThatThrownBy(() -> intake.read(record(Topics.SENSORS.name(), "s1", value)))
        .isInstanceOf(RegistryUnavailableException.class);

    registry.away = false;
    assertThat(intake.read(record(Topics.SENSORS.name(), "s1", value)))
        .isInstanceOf(Accepted.class);
  }

  private <T extends SpecificRecord> Reading read(Topic<T> topic, String key, T value) {
    return intake.read(record(topic.name(), key, encoded(topic, value)));
  }

  private <T extends SpecificRecord> byte[] encoded(Topic<T> topic, T value) {
    return new ConfluentAvroSerializer<T>(registry, false).serialize(topic.name(), value);
  }

  private static ConsumerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
    return new ConsumerRecord<>(topic, 0, 0, key == null ? null : key.getBytes(UTF_8), value);
  }
}
