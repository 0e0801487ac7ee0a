package io.tocsin.edge.forward;

import io.tocsin.schema.avro.AudioFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Frames as records of the spool, in Avro's single-object encoding: it names the schema by its
 * fingerprint, so that neither writing nor reading asks the registry. The schemas lie in a folder
 * beside the spool; a later version reads what an earlier one stored.
 */
final class FrameRecords {

  private static final String SUFFIX = ".avsc";

  private final BinaryMessageDecoder<AudioFrame> decoder;

  private FrameRecords(BinaryMessageDecoder<AudioFrame> decoder) {
    this.decoder = decoder;
  }

  /** Reads the schemas of the folder and adds the current one. */
  static FrameRecords open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Schema schema = AudioFrame.getClassSchema();
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
    SchemaStore.Cache schemas = new SchemaStore.Cache();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path found : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        schemas.addSchema(parse(found));
      }
    }
    return new FrameRecords(AudioFrame.createDecoder(schemas));
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
      ByteBuffer bytes = AudioFrame.getEncoder().encode(frame);
      byte[] body = new byte[bytes.remaining()];
      bytes.get(body);
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws SerializationException if the bytes are no frame
   */
  AudioFrame decode(byte[] body) {
    try {
      return decoder.decode(body);
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException("a stored record is no frame: " + e.getMessage(), e);
    }
  }
}
