package io.tocsin.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.sink.Reading.Accepted;
import io.tocsin.sink.Reading.Letter;
import io.tocsin.sink.Reading.Refused;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.apache.avro.specific.SpecificRecord;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch in one transaction: offsets first, which fences a sink that lost a partition, then
 * the rows, then the dead letters.
 *
 * <p>A batch is first written as if all its rows were new and all its values good, which is the
 * fast way and nearly always true. Where it is not, that transaction is rolled back and a second
 * one upserts, and halves what the database refuses until the culprits stand alone.
 */
final class BatchWriter {

  /** Stage of a record that decodes and is plausible but that the database refuses. */
  static final String WRITE = "WRITE";

  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);
  private static final String SAVEPOINT = "records";

  private static final List<Table<?>> TABLES =
      List.of(
          new PlaceHistoryTable(),
          KeyedTables.SENSOR,
          new DetectionTable(),
          new SoundEventTable(),
          new DistressAlertTable(),
          KeyedTables.SENSOR_STATUS,
          KeyedTables.REVIEW,
          KeyedTables.PATTERN);

  private final Intake intake;
  private final Jdbi jdbi;
  private final ConsumerOffsets offsets;
  private final DeadLetterTopics deadLetterTopics;
  private final Appending appending = new Appending();

  BatchWriter(
      SchemaRegistryClient registry,
      Jdbi jdbi,
      ConsumerOffsets offsets,
      DeadLetterTopics deadLetterTopics,
      SignatureCheck signatures,
      InstantSource clock) {
    this.intake = new Intake(registry, topics(), signatures, clock);
    this.jdbi = jdbi;
    this.offsets = offsets;
    this.deadLetterTopics = deadLetterTopics;
  }

  /** The topics whose records become rows. */
  static Set<Topic<?>> topics() {
    Set<Topic<?>> topics = new LinkedHashSet<>();
    TABLES.forEach(table -> topics.add(table.topic()));
    return topics;
  }

  /**
   * What a batch came to.
   *
   * @param rows rows changed, by table
   * @param refused records that became dead letters
   */
  record Written(Map<String, Integer> rows, int refused) {}

  /**
   * @throws FencedException if another sink holds one of the partitions; nothing was written
   * @throws JdbiException if the database does not answer; nothing was written, try again
   * @throws io.tocsin.schema.wire.RegistryUnavailableException if the registry does not answer
   */
  Written write(Batch batch) {
    List<Reading> readings = batch.records().stream().map(intake::read).toList();
    if (appending.isWorthATry()) {
      try {
        Written written = write(batch, readings, BatchWriter::append);
        appending.succeeded();
        return written;
      } catch (JdbiException e) {
        if (!Faults.isOfData(e)) {
          throw e;
        }
        appending.failed();
        LOG.debug("event=not-all-new reason=\"{}\"", Faults.rootOf(e).toString());
      }
    }
    return write(batch, readings, BatchWriter::upsert);
  }

  /** How the records of a table are written, and which of them the database refuses. */
  private interface Way {
    <T extends SpecificRecord> List<Refused> write(
        Handle handle, Table<T> table, List<Accepted<T>> records, Map<String, Integer> rows);
  }

  private Written write(Batch batch, List<Reading> readings, Way way) {
    return jdbi.inTransaction(
        handle -> {
          offsets.advance(handle, batch.positions());
          return write(handle, readings, way);
        });
  }

  private Written write(Handle handle, List<Reading> readings, Way way) {
    Map<String, Integer> rows = new TreeMap<>();
    List<Refused> refused = new ArrayList<>();
    List<DeadLetterRow> deadLetters = new ArrayList<>();
    for (Reading reading : readings) {
      if (reading instanceof Refused r) {
        refused.add(r);
      } else if (reading instanceof Letter letter) {
        deadLetters.add(DeadLetterRow.of(letter));
      }
    }
    Map<String, List<Accepted<?>>> accepted = byTopic(readings);
    TABLES.forEach(table -> refused.addAll(write(handle, table, accepted, rows, way)));
    refused.forEach(r -> deadLetters.add(DeadLetterRow.of(r, SinkLoop.PART)));
    writeDeadLetters(handle, deadLetters, rows);
    // Before the commit: a crash in between repeats the letter rather than losing it.
    deadLetterTopics.send(refused);
    return new Written(rows, refused.size());
  }

  private static <T extends SpecificRecord> List<Refused> write(
      Handle handle,
      Table<T> table,
      Map<String, List<Accepted<?>>> accepted,
      Map<String, Integer> rows,
      Way way) {
    List<Accepted<T>> records = ofTopic(table.topic(), accepted);
    return records.isEmpty() ? List.of() : way.write(handle, table, records, rows);
  }

  private static <T extends SpecificRecord> List<Refused> append(
      Handle handle, Table<T> table, List<Accepted<T>> records, Map<String, Integer> rows) {
    table.append(handle, records).forEach((name, n) -> rows.merge(name, n, Integer::sum));
    return List.of();
  }

  private static <T extends SpecificRecord> List<Refused> upsert(
      Handle handle, Table<T> table, List<Accepted<T>> records, Map<String, Integer> rows) {
    return writeOrSplit(handle, records, rows, table::write, BatchWriter::refused);
  }

  private static void writeDeadLetters(
      Handle handle, List<DeadLetterRow> deadLetters, Map<String, Integer> rows) {
    writeOrSplit(
        handle,
        deadLetters,
        rows,
        (h, part) -> Map.of(DeadLetterRow.NAME, DeadLetterRow.write(h, part)),
        (row, error) -> {
          LOG.error(
              "event=dead-letter-not-stored topic={} partition={} offset={} reason=\"{}\"",
              row.topic(),
              row.partition(),
              row.offset(),
              error.getMessage());
          return row;
        });
  }

  /**
   * Writes all items at once; if the database refuses one, halves them until it stands alone.
   *
   * @return what {@code refuse} makes of each item that the database refuses
   */
  private static <I, R> List<R> writeOrSplit(
      Handle handle,
      List<I> items,
      Map<String, Integer> rows,
      BiFunction<Handle, List<I>, Map<String, Integer>> write,
      BiFunction<I, Throwable, R> refuse) {
    if (items.isEmpty()) {
      return List.of();
    }
    handle.savepoint(SAVEPOINT);
    try {
      write.apply(handle, items).forEach((table, n) -> rows.merge(table, n, Integer::sum));
      handle.releaseSavepoint(SAVEPOINT);
      return List.of();
    } catch (JdbiException e) {
      if (!Faults.isOfData(e)) {
        throw e;
      }
      handle.rollbackToSavepoint(SAVEPOINT);
      if (items.size() == 1) {
        return List.of(refuse.apply(items.get(0), Faults.rootOf(e)));
      }
    }
    int half = items.size() / 2;
    List<R> refused = new ArrayList<>();
    refused.addAll(writeOrSplit(handle, items.subList(0, half), rows, write, refuse));
    refused.addAll(writeOrSplit(handle, items.subList(half, items.size()), rows, write, refuse));
    return refused;
  }

  private static Refused refused(Accepted<?> record, Throwable error) {
    return new Refused(
        record.source(), WRITE, error.getClass().getName(), String.valueOf(error.getMessage()));
  }

  /** What is accepted, by topic. */
  private static Map<String, List<Accepted<?>>> byTopic(List<Reading> readings) {
    Map<String, List<Accepted<?>>> accepted = new HashMap<>();
    for (Reading reading : readings) {
      if (reading instanceof Accepted<?> record) {
        accepted.computeIfAbsent(record.source().topic(), t -> new ArrayList<>()).add(record);
      }
    }
    return accepted;
  }

  @SuppressWarnings("unchecked") // Intake reads a topic's values as the topic's own type.
  private static <T extends SpecificRecord> List<Accepted<T>> ofTopic(
      Topic<T> topic, Map<String, List<Accepted<?>>> accepted) {
    return (List<Accepted<T>>) (List<?>) accepted.getOrDefault(topic.name(), List.of());
  }
}
