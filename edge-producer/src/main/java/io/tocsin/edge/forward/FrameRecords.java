package io.tocsin.edge.forward;

import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Frames and embeddings as records of the spool, in Avro's single-object encoding: it names the
 * schema by its fingerprint, so that neither writing nor reading asks the registry. The schemas lie
 * in a folder beside the spool; a later version reads what an earlier one stored.
 */
final class FrameRecords {

  private static final String SUFFIX = ".avsc";

  /** Of Avro's single-object encoding, before the fingerprint of the schema. */
  private static final int MARKER_BYTES = 2;

  private final SchemaStore.Cache schemas;
  private final BinaryMessageDecoder<AudioFrame> frames;
  private final BinaryMessageDecoder<AudioEmbedding> embeddings;

  private FrameRecords(SchemaStore.Cache schemas) {
    this.schemas = schemas;
    this.frames = AudioFrame.createDecoder(schemas);
    this.embeddings = AudioEmbedding.createDecoder(schemas);
  }

  /** Reads the schemas of the folder and adds the current ones. */
  static FrameRecords open(Path folder) throws IOException {
    Files.createDirectories(folder);
    add(AudioFrame.getClassSchema(), folder);
    add(AudioEmbedding.getClassSchema(), folder);
    SchemaStore.Cache schemas = new SchemaStore.Cache();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path found : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        schemas.addSchema(parse(found));
      }
    }
    return new FrameRecords(schemas);
  }

  private static void add(Schema schema, Path folder) throws IOException {
    Path file =
        folder.resolve(
            "%016x%s".formatted(SchemaNormalization.parsingFingerprint64(schema), SUFFIX));
    if (!Files.exists(file)) {
      // Whole or not at all, also after a power cut.
      Path draft = folder.resolve(file.getFileName() + ".draft");
      Files.writeString(draft, schema.toString());
      try (var channel =
          java.nio.channels.FileChannel.open(draft, java.nio.file.StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Schema parse(Path file) throws IOException {
    try {
      return new Schema.Parser().parse(Files.readString(file));
    } catch (AvroRuntimeException e) {
      throw new IOException(
          file + " is no Avro schema (" + e.getMessage() + "); delete it, it is made again", e);
    }
  }

  byte[] encode(AudioFrame frame) {
    try {
      return bytes(AudioFrame.getEncoder().encode(frame));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] encode(AudioEmbedding embedding) {
    try {
      return bytes(AudioEmbedding.getEncoder().encode(embedding));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /**
   * @return an {@link AudioFrame} or an {@link AudioEmbedding}
   * @throws SerializationException if the bytes are neither
   */
  SpecificRecord decode(byte[] body) {
    try {
      return isEmbedding(body) ? embeddings.decode(body) : frames.decode(body);
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException("a stored record is no frame: " + e.getMessage(), e);
    }
  }

  private boolean isEmbedding(byte[] body) {
    if (body.length < MARKER_BYTES + Long.BYTES) {
      return false;
    }
    Schema schema =
        schemas.findByFingerprint(
            ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getLong(MARKER_BYTES));
    return schema != null
        && schema.getFullName().equals(AudioEmbedding.getClassSchema().getFullName());
  }
}
