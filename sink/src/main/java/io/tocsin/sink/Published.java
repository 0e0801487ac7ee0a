package io.tocsin.sink;

import io.tocsin.sink.Reading.Accepted;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * A value and when it was published.
 *
 * @param publishedAtMicros timestamp of its Kafka record, microseconds since the epoch
 */
record Published<T extends SpecificRecord>(T value, long publishedAtMicros) {

  /** The values of records in their order; tombstones have none. */
  static <T extends SpecificRecord> List<Published<T>> values(List<Accepted<T>> records) {
    List<Published<T>> values = new ArrayList<>(records.size());
    for (Accepted<T> record : records) {
      T value = record.value();
      if (value != null) {
        values.add(new Published<>(value, record.publishedAtMicros()));
      }
    }
    return values;
  }
}
