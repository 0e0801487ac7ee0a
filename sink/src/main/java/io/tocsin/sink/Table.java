package io.tocsin.sink;

import io.tocsin.schema.Topic;
import io.tocsin.sink.Reading.Accepted;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jdbi.v3.core.Handle;

/** How the records of a topic become rows of a table. */
interface Table<T extends SpecificRecord> {

  Topic<T> topic();

  /**
   * Writes records, which may repeat keys and rows already there.
   *
   * @param records in the order of their partitions
   * @return rows changed, by table
   */
  Map<String, Integer> write(Handle handle, List<Accepted<T>> records);

  /**
   * Writes records whose rows are probably not there yet; a table that knows no faster way writes
   * them as ever.
   *
   * @throws org.jdbi.v3.core.JdbiException with an error of class 23 if one is there; the
   *     transaction is void then, and {@link #write} is the way
   */
  default Map<String, Integer> append(Handle handle, List<Accepted<T>> records) {
    return write(handle, records);
  }

  /** Microseconds since the epoch, as the SQL function tocsin.instant takes them. */
  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
