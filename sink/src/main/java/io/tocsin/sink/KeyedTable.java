package io.tocsin.sink;

import io.tocsin.schema.Topic;
import io.tocsin.sink.Reading.Accepted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.jdbi.v3.core.Handle;

/**
 * A table that holds the last record of each key of a compacted topic; a tombstone takes the row
 * away.
 *
 * @param name of the table, with its schema
 */
record KeyedTable<T extends SpecificRecord>(
    Topic<T> topic, String name, BulkStatement<Published<T>> upsert, BulkStatement<String> delete)
    implements Table<T> {

  KeyedTable(Topic<T> topic, String name, String keyColumn, BulkStatement<Published<T>> upsert) {
    this(
        topic,
        name,
        upsert,
        new BulkStatement<>(
            "DELETE FROM " + name + " AS t USING {rows} WHERE t." + keyColumn + " = r.id",
            List.of(new BulkStatement.Column<>("id", "text", key -> key))));
  }

  @Override
  public Map<String, Integer> write(Handle handle, List<Accepted<T>> records) {
    List<Accepted<T>> last = List.copyOf(lastByKey(records).values());
    List<String> gone = new ArrayList<>();
    for (Accepted<T> record : last) {
      if (record.value() == null) {
        gone.add(record.key());
      }
    }
    return Map.of(
        name, upsert.execute(handle, Published.values(last)) + delete.execute(handle, gone));
  }

  /** The record in force of each key, by key: one order for all writers rules out deadlocks. */
  static <T extends SpecificRecord> TreeMap<String, Accepted<T>> lastByKey(
      List<Accepted<T>> records) {
    TreeMap<String, Accepted<T>> last = new TreeMap<>();
    records.forEach(record -> last.put(record.key(), record));
    return last;
  }
}
