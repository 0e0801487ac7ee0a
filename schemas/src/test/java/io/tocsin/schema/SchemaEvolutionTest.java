package io.tocsin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records of every committed version of every schema, on the wire: an older producer beside this
 * build's consumers, and this build's producers beside an older consumer.
 */
class SchemaEvolutionTest {

  private static final int RECORDS = 20;
  private static final long SEED = 8;
  private static final int HEADER_BYTES = 5;

  static Stream<Arguments> versions() throws IOException {
    List<Arguments> all = new ArrayList<>();
    for (Topic<?> topic : Topics.all()) {
      List<Schema> history = SchemaHistoryTest.history(topic);
      for (int version = 1; version <= history.size(); version++) {
        all.add(Arguments.of(topic, version, history.get(version - 1)));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} v{1}")
  @MethodSource("versions")
  <T extends SpecificRecord> void whatAnOlderProducerWritesIsRead(
      Topic<T> topic, int version, Schema older) throws Exception {
    MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
    int id = registry.register(topic.subject(), new AvroSchema(older));
    ConfluentAvroSerializer<T> serializer = new ConfluentAvroSerializer<>(registry, true);
    ConfluentAvroDeserializer<T> deserializer =
        new ConfluentAvroDeserializer<>(registry, topic.valueType());
    for (Object written : new RandomData(older, RECORDS, SEED)) {
      byte[] body = binary((GenericRecord) written);
      byte[] record =
          ByteBuffer.allocate(HEADER_BYTES + body.length)
              .put((byte) 0)
              .putInt(id)
              .put(body)
              .array();

      T read = deserializer.deserialize(topic.name(), record);

      GenericRecord expected = read(body, older, topic.schema());
      assertThat(body(serializer.serialize(topic.name(), read))).isEqualTo(binary(expected));
    }
  }

  @ParameterizedTest(name = "{0} v{1}")
  @MethodSource("versions")
  <T extends SpecificRecord> void anOlderConsumerReadsWhatThisBuildWrites(
      Topic<T> topic, int version, Schema older) throws Exception {
    MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
    int id = registry.register(topic.subject(), new AvroSchema(topic.schema()));
    ConfluentAvroSerializer<T> serializer = new ConfluentAvroSerializer<>(registry, true);
    ConfluentAvroDeserializer<T> deserializer =
        new ConfluentAvroDeserializer<>(registry, topic.valueType());
    for (Object any : new RandomData(topic.schema(), RECORDS, SEED)) {
      byte[] body = binary((GenericRecord) any);
      byte[] record =
          ByteBuffer.allocate(HEADER_BYTES + body.length)
              .put((byte) 0)
              .putInt(id)
              .put(body)
              .array();
      GenericRecord mine = read(body, topic.schema(), topic.schema());
      T ours = deserializer.deserialize(topic.name(), record);

      GenericRecord theirs =
          read(body(serializer.serialize(topic.name(), ours)), topic.schema(), older);

      for (Schema.Field field : older.getFields()) {
        Schema.Field now = topic.schema().getField(field.name());
        if (now != null && now.schema().equals(field.schema())) {
          assertThat(theirs.get(field.name())).as(field.name()).isEqualTo(mine.get(field.name()));
        }
      }
    }
  }

  private static GenericRecord read(byte[] body, Schema writer, Schema reader) throws IOException {
    return new GenericDatumReader<GenericRecord>(writer, reader)
        .read(null, DecoderFactory.get().binaryDecoder(body, null));
  }

  private static byte[] body(byte[] record) {
    return Arrays.copyOfRange(record, HEADER_BYTES, record.length);
  }

  private static byte[] binary(GenericRecord value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}
