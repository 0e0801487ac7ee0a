package io.tocsin.schema.wire;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records in Confluent's wire format into the record type of this build, whatever compatible
 * schema they were written with. Not safe for use by several threads.
 */
public final class ConfluentAvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {

  private static final int NOT_FOUND = 404;
  private static final int UNPROCESSABLE = 422;

  private final SchemaRegistryClient registry;
  private final Class<T> valueType;
  private final Schema readerSchema;
  private final SpecificData model;
  private final Map<Integer, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();
  private @Nullable BinaryDecoder reusedDecoder;

  public ConfluentAvroDeserializer(SchemaRegistryClient registry, Class<T> valueType) {
    this.registry = registry;
    this.valueType = valueType;
    this.model = new SpecificData(valueType.getClassLoader());
    model.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    this.readerSchema = model.getSchema(valueType);
  }

  /**
   * @return the record; null for a null value (a tombstone)
   * @throws UndecodableRecordException if the bytes are not a record of the type: they will never
   *     be
   * @throws RegistryUnavailableException if the registry does not answer: try again
   */
  @Override
  @SuppressWarnings("NullAway") // Kafka's contract: a null value is a tombstone and stays null.
  public T deserialize(String topic, byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    if (bytes.length < ConfluentAvroSerializer.HEADER_BYTES
        || bytes[0] != ConfluentAvroSerializer.MAGIC) {
      throw new UndecodableRecordException(
          topic,
          bytes.length == 0
              ? "it is empty"
              : "it does not begin with magic byte 0 and a schema id (" + bytes.length + " bytes)",
          null);
    }
    int id = ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
    SpecificDatumReader<T> reader = readers.get(id);
    if (reader == null) {
      reader = readerFor(topic, id);
      readers.put(id, reader);
    }
    int offset = ConfluentAvroSerializer.HEADER_BYTES;
    reusedDecoder =
        DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, reusedDecoder);
    try {
      T value = reader.read(null, new BoundedDecoder(reusedDecoder, bytes.length - offset));
      if (!reusedDecoder.isEnd()) {
        throw new UndecodableRecordException(
            topic, "bytes are left over after " + valueType.getSimpleName(), null);
      }
      return value;
    } catch (UndecodableRecordException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new UndecodableRecordException(
          topic,
          "schema id " + id + ", expected " + valueType.getSimpleName() + ": " + e.getMessage(),
          e);
    }
  }

  private SpecificDatumReader<T> readerFor(String topic, int id) {
    try {
      ParsedSchema written = registry.getSchemaById(id);
      if (!(written instanceof AvroSchema avro)) {
        throw new UndecodableRecordException(
            topic, "schema id " + id + " is of type " + written.schemaType() + ", not AVRO", null);
      }
      Schema writer = avro.rawSchema();
      if (!writer.getFullName().equals(readerSchema.getFullName())) {
        throw new UndecodableRecordException(
            topic,
            "schema id "
                + id
                + " is "
                + writer.getFullName()
                + ", expected "
                + readerSchema.getFullName(),
            null);
      }
      return new SpecificDatumReader<>(writer, readerSchema, model);
    } catch (IOException e) {
      throw new RegistryUnavailableException("looking up schema id " + id, e);
    } catch (RestClientException e) {
      if (e.getStatus() == NOT_FOUND || e.getStatus() == UNPROCESSABLE) {
        throw new UndecodableRecordException(
            topic, "schema id " + id + " is not in the registry (" + e.getMessage() + ")", e);
      }
      throw new RegistryUnavailableException("looking up schema id " + id, e);
    }
  }
}
