package io.tocsin.jobs.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.schema.wire.ImplausibleRecordException;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.schema.wire.TraceParent;
import io.tocsin.schema.wire.UndecodableRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InboundRecordsTest {

  private static final int PARTITION = 3;
  private static final long OFFSET = 42;
  private static final RegistrySettings UNUSED = new RegistrySettings("http://unused", false);

  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private SignatureCheck signatures = SignatureCheck.none();
  private String traceparent = "00-1-2-3";
  private final InboundRecords<Sensor, SensorRegistration> sensors =
      new InboundRecords<>(
          Sensor.class,
          SensorRegistration.class,
          new SensorRegistration.Mapping(),
          UNUSED,
          "distress");

  @Test
  void aGoodRecordComesOutAsItsDomainRecord() {
    assertThat(read("s1", bytes(sensor("s1", 52.5))).right())
        .isEqualTo(new SensorRegistration("s1", 52.5, 13.4, 34.0, null, 400, false));
  }

  @Test
  void anUndecodableValueIsADeadLetterWithHeaders() {
    byte[] rubbish = {9, 9, 9};
    ProducerRecord<byte[], byte[]> letter = read("s1", rubbish).left().toRecord();
    assertThat(letter.topic()).isEqualTo(Topics.SENSORS.name() + ".dlq");
    assertThat(letter.key()).isEqualTo("s1".getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo(rubbish);
    assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(Topics.SENSORS.name());
    assertThat(header(letter, DeadLetters.PARTITION)).isEqualTo("3");
    assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("42");
    assertThat(header(letter, DeadLetters.CONNECTOR)).isEqualTo("distress");
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("DECODE");
    assertThat(header(letter, DeadLetters.EXCEPTION_CLASS))
        .isEqualTo(UndecodableRecordException.class.getName());
    assertThat(header(letter, DeadLetters.EXCEPTION_MESSAGE)).contains("magic byte");
    assertThat(header(letter, "traceparent")).isEqualTo("00-1-2-3");
  }

  @Test
  void anImplausibleRecordIsADeadLetterThatSaysWhy() {
    ProducerRecord<byte[], byte[]> letter = read("s1", bytes(sensor("s1", 91))).left().toRecord();
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("CHECK");
    assertThat(header(letter, DeadLetters.EXCEPTION_CLASS))
        .isEqualTo(ImplausibleRecordException.class.getName());
    assertThat(header(letter, DeadLetters.EXCEPTION_MESSAGE)).contains("latitudeDegrees is 91.0");
  }

  @Test
  void aKeyThatIsMissingOrAnothersIsADeadLetter() {
    for (String key : new String[] {null, "s2"}) {
      assertThat(read(key, bytes(sensor("s1", 52.5))).left().reason())
          .contains("sensorId is s1 but the record's key is " + key);
    }
  }

  @Test
  void aNullValueWithdrawsWhereTheTopicKnowsWithdrawal() {
    assertThat(read("s1", null).right().withdrawn()).isTrue();
    assertThat(read("s1", null).right().sensorId()).isEqualTo("s1");
  }

  @Test
  void aNullValueElsewhereOrWithoutAKeyIsADeadLetter() {
    assertThat(read(null, null).left().toRecord().value()).isNull();
    InboundRecords<Detection, String> detections =
        new InboundRecords<>(
            Detection.class, String.class, Detection::getDetectionId, UNUSED, "distress");
    DeadLetter letter = read(detections, Topics.DETECTIONS.name(), "s1", null).left();
    assertThat(letter.reason()).contains("value is null");
    assertThat(letter.toRecord().topic()).isEqualTo(Topics.DETECTIONS.dlq());
    assertThat(letter.toRecord().value()).isNull();
  }

  @Test
  void whatTheMappingRefusesIsADeadLetter() {
    InboundRecords<Sensor, String> refusing =
        new InboundRecords<>(
            Sensor.class,
            String.class,
            value -> {
              throw new RefusedRecordException("firmware is too old", null);
            },
            UNUSED,
            "distress");
    assertThat(
            read(refusing, Topics.SENSORS.name(), "s1", bytes(sensor("s1", 52.5))).left().reason())
        .isEqualTo("firmware is too old");
  }

  @Test
  void whatIsNotForTheJobIsPassedOver() {
    InboundRecords<Sensor, String> choosy =
        new InboundRecords<>(
            Sensor.class,
            String.class,
            new DomainMapping<Sensor, String>() {
              @Override
              public String toDomain(Sensor value) {
                return value.getSensorId();
              }

              @Override
              public boolean concerns(Sensor value) {
                return !value.getSensorId().equals("s2");
              }
            },
            UNUSED,
            "distress");
    assertThat(read(choosy, Topics.SENSORS.name(), "s1", bytes(sensor("s1", 52.5))).right())
        .isEqualTo("s1");
    assertThat(readAll(choosy, Topics.SENSORS.name(), "s2", bytes(sensor("s2", 52.5)))).isEmpty();
  }

  @Test
  void aRecordThatIsNotItsSensorsIsADeadLetterBeforeAnythingIsReadOfIt() {
    signatures = new SignatureCheck(SensorKeyMode.REQUIRED, (sensorId, wanted) -> null);
    ProducerRecord<byte[], byte[]> letter = read("s1", new byte[] {9, 9}).left().toRecord();
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("CHECK");
    assertThat(header(letter, DeadLetters.EXCEPTION_CLASS))
        .isEqualTo(UnbelievedRecordException.class.getName());
    assertThat(header(letter, DeadLetters.EXCEPTION_MESSAGE)).contains("not signed", "'s1'");
    assertThat(header(letter, "traceparent")).isEqualTo("00-1-2-3");
    assertThat(letter.value()).isEqualTo(new byte[] {9, 9});
  }

  @Test
  void damagedBytesNeverThrow() {
    byte[] whole = bytes(sensor("s1", 52.5));
    int letters = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 4));
      for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      letters += read("s1", damaged).isLeft() ? 1 : 0;
    }
    assertThat(letters).isGreaterThan(1_000);
  }

  @Test
  void headersAreHandedOn() {
    InboundRecords<Sensor, String> traced =
        new InboundRecords<>(
            Sensor.class,
            String.class,
            new DomainMapping<Sensor, String>() {
              @Override
              public String toDomain(Sensor value) {
                return value.getSensorId();
              }

              @Override
              public String withHeaders(String sensor, Headers headers) {
                TraceParent trace = TraceParent.of(headers);
                return trace == null ? sensor : sensor + " in " + trace;
              }
            },
            UNUSED,
            "distress");
    byte[] value = bytes(sensor("s1", 52.5));
    assertThat(read(traced, Topics.SENSORS.name(), "s1", value).right()).isEqualTo("s1");
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    assertThat(read(traced, Topics.SENSORS.name(), "s1", value).right())
        .isEqualTo("s1 in " + traceparent);
  }

  private Either<DeadLetter, SensorRegistration> read(
      @Nullable String key, byte @Nullable [] value) {
    return read(sensors, Topics.SENSORS.name(), key, value);
  }

  private <D> Either<DeadLetter, D> read(
      InboundRecords<?, D> records, String topic, @Nullable String key, byte @Nullable [] value) {
    List<Either<DeadLetter, D>> out = readAll(records, topic, key, value);
    assertThat(out).hasSize(1);
    return out.get(0);
  }

  private <D> List<Either<DeadLetter, D>> readAll(
      InboundRecords<?, D> records, String topic, @Nullable String key, byte @Nullable [] value) {
    records.open(registry, new UnregisteredMetricsGroup(), signatures);
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", traceparent.getBytes(UTF_8));
    List<Either<DeadLetter, D>> out = new ArrayList<>();
    records.deserialize(
        new ConsumerRecord<>(
            topic,
            PARTITION,
            OFFSET,
            0,
            TimestampType.CREATE_TIME,
            -1,
            -1,
            key == null ? null : key.getBytes(UTF_8),
            value,
            headers,
            Optional.empty()),
        new Collector<>() {
          @Override
          public void collect(Either<DeadLetter, D> read) {
            out.add(read);
          }

          @Override
          public void close() {}
        });
    return out;
  }

  private byte[] bytes(Sensor sensor) {
    return new ConfluentAvroSerializer<Sensor>(registry, true)
        .serialize(Topics.SENSORS.name(), sensor);
  }

  private static Sensor sensor(String id, double latitudeDegrees) {
    return Sensor.newBuilder()
        .setSensorId(id)
        .setPlace(
            Place.newBuilder()
                .setLatitudeDegrees(latitudeDegrees)
                .setLongitudeDegrees(13.4)
                .setAltitudeMetres(34.0)
                .build())
        .setAudibleRadiusMetres(400)
        .setRegisteredAt(Instant.parse("2026-05-01T12:00:00Z"))
        .build();
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
