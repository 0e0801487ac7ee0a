package io.tocsin.edge.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/**
 * A folder of files as the spool uses it. Between two forces a power cut may lose or damage what
 * was written, made or deleted; what was forced stays.
 */
interface Disk extends Closeable {

  /** What is known of a file without reading it. */
  record FileFacts(long bytes, Instant modifiedAt) {}

  /** A file that grows at its end. */
  interface Appending extends Closeable {

    /** Writes all of {@code bytes}, or as much as was possible before the exception. */
    void write(ByteBuffer bytes) throws IOException;

    /** Returns when all that was written is on the medium. */
    void force() throws IOException;
  }

  Map<String, FileFacts> files() throws IOException;

  /** Opens a file behind its last byte; makes it if it does not exist. */
  Appending append(String file) throws IOException;

  /** At most {@code length} bytes, fewer if the file ends before. */
  byte[] read(String file, long offset, int length) throws IOException;

  void truncate(String file, long bytes) throws IOException;

  void delete(String file) throws IOException;

  /** Returns when files made and deleted before are so on the medium. */
  void forceFolder() throws IOException;
}
