package io.tocsin.schema.wire;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes records in Confluent's wire format: magic byte 0, the schema id as four bytes big-endian,
 * then Avro binary. The subject is {@code <topic>-value}. Safe for use by several threads.
 */
public final class ConfluentAvroSerializer<T extends SpecificRecord> implements Serializer<T> {

  static final byte MAGIC = 0;
  static final int HEADER_BYTES = 1 + Integer.BYTES;

  private final SchemaRegistryClient registry;
  private final boolean autoRegister;
  private final Map<String, Map<Schema, Integer>> idsByTopic = new ConcurrentHashMap<>();
  private final Map<Schema, DatumWriter<T>> writers = new ConcurrentHashMap<>();

  /**
   * @param autoRegister whether to register a schema that the subject lacks; otherwise such a
   *     record is refused with {@link SerializationException}
   */
  public ConfluentAvroSerializer(SchemaRegistryClient registry, boolean autoRegister) {
    this.registry = registry;
    this.autoRegister = autoRegister;
  }

  /**
   * @throws RegistryUnavailableException if the registry does not answer
   * @throws SerializationException if the registry does not hold, or refuses, the schema, or a
   *     required field is null
   */
  @Override
  @SuppressWarnings("NullAway") // Kafka's contract: a null value is a tombstone and stays null.
  public byte[] serialize(String topic, @Nullable T value) {
    if (value == null) {
      return null;
    }
    Schema schema = value.getSchema();
    int id =
        idsByTopic
            .computeIfAbsent(topic, t -> new ConcurrentHashMap<>())
            .computeIfAbsent(schema, s -> schemaId(topic, s));
    DatumWriter<T> writer =
        writers.computeIfAbsent(schema, s -> writerFor(value.getClass().getClassLoader(), s));
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.write(MAGIC);
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      writer.write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw new SerializationException(
          schema.getName() + " for " + topic + " cannot be written: " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  private static <T> DatumWriter<T> writerFor(ClassLoader loader, Schema schema) {
    SpecificData model = new SpecificData(loader);
    model.addLogicalTypeConversion(
        new org.apache.avro.data.TimeConversions.TimestampMicrosConversion());
    return new org.apache.avro.specific.SpecificDatumWriter<>(schema, model);
  }

  private int schemaId(String topic, Schema schema) {
    String subject = topic + "-value";
    AvroSchema parsed = new AvroSchema(schema);
    try {
      return autoRegister ? registry.register(subject, parsed) : registry.getId(subject, parsed);
    } catch (IOException e) {
      throw new RegistryUnavailableException("looking up subject " + subject, e);
    } catch (RestClientException e) {
      throw new SerializationException(
          "subject "
              + subject
              + " has no schema "
              + schema.getFullName()
              + " as this build writes it ("
              + e.getMessage()
              + "); register the schemas first, or allow auto-registration",
          e);
    }
  }
}
