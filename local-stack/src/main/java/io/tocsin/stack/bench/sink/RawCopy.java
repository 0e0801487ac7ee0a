package io.tocsin.stack.bench.sink;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * The rows of tocsin.detection in a file, to be copied in again: what PostgreSQL can do with the
 * same rows when nobody reads Kafka, checks or looks for rows that are there.
 *
 * @param format of COPY, text or binary
 */
record RawCopy(Path file, String format) {

  private static final int BUFFER_BYTES = 64 << 10;

  /** Writes the rows of the table into the file, in the order in which they happened. */
  static RawCopy of(Connection connection, Path folder, String format)
      throws SQLException, IOException {
    Path file = folder.resolve("rows." + format);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut(
              "COPY (SELECT * FROM tocsin.detection ORDER BY onset_at) TO STDOUT (FORMAT "
                  + format
                  + ")",
              out);
    }
    return new RawCopy(file, format);
  }

  /** Copies all rows into the table in one transaction and tells how many a second. */
  double rowsPerSecond(Connection connection) throws SQLException, IOException {
    long start = System.nanoTime();
    long rows;
    try (InputStream in = Files.newInputStream(file)) {
      rows =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY tocsin.detection FROM STDIN (FORMAT " + format + ")", in, BUFFER_BYTES);
    }
    return rows / ((System.nanoTime() - start) / 1e9);
  }
}
