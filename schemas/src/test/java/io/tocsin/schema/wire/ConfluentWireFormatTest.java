package io.tocsin.schema.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfluentWireFormatTest {

  private static final String TOPIC = Topics.SENSORS.name();
  private static final Sensor SENSOR =
      Sensor.newBuilder()
          .setSensorId("pole-7")
          .setPlace(
              Place.newBuilder().setLatitudeDegrees(52.5219).setLongitudeDegrees(13.4132).build())
          .setAudibleRadiusMetres(400)
          .setRegisteredAt(Instant.parse("2026-05-01T12:00:00.123456Z"))
          .build();

  private MockSchemaRegistryClient registry;
  private ConfluentAvroSerializer<Sensor> serializer;
  private ConfluentAvroDeserializer<Sensor> deserializer;

  @BeforeEach
  void connect() {
    registry = new MockSchemaRegistryClient();
    serializer = new ConfluentAvroSerializer<>(registry, true);
    deserializer = new ConfluentAvroDeserializer<>(registry, Sensor.class);
  }

  @Test
  void whatIsWrittenReadsBackToTheMicrosecond() {
    assertThat(deserializer.deserialize(TOPIC, serializer.serialize(TOPIC, SENSOR)))
        .isEqualTo(SENSOR);
  }

  @Test
  void bytesAreMagicThenTheRegisteredIdThenAvroBinary() throws Exception {
    byte[] bytes = serializer.serialize(TOPIC, SENSOR);
    int id = registry.getId(TOPIC + "-value", new AvroSchema(SENSOR.getSchema()));
    assertThat(bytes[0]).isZero();
    assertThat(ByteBuffer.wrap(bytes, 1, 4).getInt()).isEqualTo(id);
  }

  @Test
  void aTombstoneStaysNull() {
    assertThat(serializer.serialize(TOPIC, null)).isNull();
    assertThat(deserializer.deserialize(TOPIC, null)).isNull();
  }

  @Test
  void withoutAutoRegistrationAnUnknownSchemaIsRefusedWithTheWayOut() {
    assertThatThrownBy(
            () -> new ConfluentAvroSerializer<Sensor>(registry, false).serialize(TOPIC, SENSOR))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining(TOPIC + "-value")
        .hasMessageContaining("register the schemas first");
  }

  @Test
  void withoutAutoRegistrationARegisteredSchemaIsUsed() {
    Registry.registerAll(registry);
    byte[] bytes = new ConfluentAvroSerializer<Sensor>(registry, false).serialize(TOPIC, SENSOR);
    assertThat(deserializer.deserialize(TOPIC, bytes)).isEqualTo(SENSOR);
  }

  @Test
  void anOlderWritersRecordIsReadWithDefaults() throws Exception {
    Schema older = without(Sensor.getClassSchema(), "firmware", "microphoneSensitivityDbfs");
    int id = registry.register(TOPIC + "-value", new AvroSchema(older));
    GenericRecord written = new GenericData.Record(older);
    written.put("sensorId", "pole-7");
    Schema placeSchema = older.getField("place").schema();
    GenericRecord place = new GenericData.Record(placeSchema);
    place.put("latitudeDegrees", 1.0);
    place.put("longitudeDegrees", 2.0);
    written.put("place", place);
    written.put("audibleRadiusMetres", 300.0);
    written.put("registeredAt", 1_777_636_800_000_000L);
    Sensor read = deserializer.deserialize(TOPIC, framed(id, binary(written)));
    assertThat(read.getFirmware()).isEmpty();
    assertThat(read.getMicrophoneSensitivityDbfs()).isNull();
    assertThat(read.getPlace().getLongitudeDegrees()).isEqualTo(2.0);
  }

  @Test
  void anUnknownSchemaIdIsUndecodableAndNamed() {
    assertUndecodable(framed(4711, new byte[] {1, 2, 3}), "schema id 4711");
  }

  @Test
  void aSchemaOfAnotherRecordIsUndecodable() throws Exception {
    int id =
        registry.register(Topics.HEARTBEATS.subject(), new AvroSchema(Heartbeat.getClassSchema()));
    assertUndecodable(framed(id, new byte[] {1, 2, 3}), "Heartbeat");
  }

  @Test
  void emptyBytesWrongMagicTruncationAndLeftoversAreUndecodable() {
    byte[] good = serializer.serialize(TOPIC, SENSOR);
    assertUndecodable(new byte[0], "empty");
    assertUndecodable("{\"json\":1}".getBytes(UTF_8), "magic byte");
    assertUndecodable(Arrays.copyOf(good, good.length - 3), "expected Sensor");
    assertUndecodable(Arrays.copyOf(good, good.length + 2), "left over");
  }

  @ParameterizedTest
  @ValueSource(longs = {2_147_483_646L, 1_500_000_000L, 1_000_000L, -1L, Long.MIN_VALUE})
  void aLengthBeyondTheRecordIsUndecodableBeforeAnythingIsAllocated(long claimed) throws Exception {
    int id =
        registry.register(
            Topics.AUDIO_FRAMES.subject(), new AvroSchema(AudioFrame.getClassSchema()));
    var body = new java.io.ByteArrayOutputStream();
    EncoderFactory.get().directBinaryEncoder(body, null).writeLong(claimed);
    assertThatThrownBy(
            () ->
                new ConfluentAvroDeserializer<>(registry, AudioFrame.class)
                    .deserialize(Topics.AUDIO_FRAMES.name(), framed(id, body.toByteArray())))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("a length of " + claimed + " for string");
  }

  @Test
  void anArrayOfMoreItemsThanTheRecordHasBytesIsUndecodable() throws Exception {
    int id =
        registry.register(
            Topics.PATTERNS.subject(), new AvroSchema(DistressPattern.getClassSchema()));
    var body = new java.io.ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(body, null);
    encoder.writeString("glass-then-cry");
    encoder.writeArrayStart();
    encoder.setItemCount(1_000_000_000);
    assertThatThrownBy(
            () ->
                new ConfluentAvroDeserializer<>(registry, DistressPattern.class)
                    .deserialize(Topics.PATTERNS.name(), framed(id, body.toByteArray())))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("a length of 1000000000 for array");
  }

  @Test
  void aRegistryThatIsAwayIsNotTheRecordsFault() {
    byte[] bytes = serializer.serialize(TOPIC, SENSOR);
    var away = Registry.connect(new RegistrySettings("http://127.0.0.1:1", false));
    assertThatThrownBy(
            () -> new ConfluentAvroDeserializer<>(away, Sensor.class).deserialize(TOPIC, bytes))
        .isInstanceOf(RegistryUnavailableException.class);
  }

  @Test
  void aDeadLetterKeepsKeyValueAndHeadersAndSaysWhy() {
    ConsumerRecord<byte[], byte[]> source =
        new ConsumerRecord<>(TOPIC, 3, 42L, new byte[] {7}, new byte[] {8, 9});
    source.headers().add("traceparent", "00-abc".getBytes(UTF_8));
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.of(source, "scoring", "CHECK", "latitudeDegrees is NaN");
    assertThat(letter.topic()).isEqualTo(TOPIC + ".dlq");
    assertThat(letter.key()).containsExactly(7);
    assertThat(letter.value()).containsExactly(8, 9);
    assertThat(
            List.of(
                header(letter, "traceparent"),
                header(letter, DeadLetters.TOPIC),
                header(letter, DeadLetters.PARTITION),
                header(letter, DeadLetters.OFFSET),
                header(letter, DeadLetters.STAGE),
                header(letter, DeadLetters.CONNECTOR),
                header(letter, DeadLetters.EXCEPTION_MESSAGE)))
        .containsExactly("00-abc", TOPIC, "3", "42", "CHECK", "scoring", "latitudeDegrees is NaN");
  }

  private void assertUndecodable(byte[] bytes, String reason) {
    assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining(TOPIC)
        .hasMessageContaining(reason);
  }

  private static String header(ProducerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static byte[] framed(int id, byte[] body) {
    return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
  }

  private static byte[] binary(GenericRecord value) throws Exception {
    var out = new java.io.ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static Schema without(Schema schema, String... names) {
    List<Schema.Field> kept =
        schema.getFields().stream()
            .filter(f -> !Arrays.asList(names).contains(f.name()))
            .map(f -> new Schema.Field(f, f.schema()))
            .toList();
    return Schema.createRecord(
        schema.getName(), schema.getDoc(), schema.getNamespace(), false, kept);
  }
}
