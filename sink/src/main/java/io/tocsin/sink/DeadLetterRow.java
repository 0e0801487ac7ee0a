package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.sink.BulkStatement.Column;
import io.tocsin.sink.Reading.Letter;
import io.tocsin.sink.Reading.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * A row of tocsin.dead_letter.
 *
 * @param topic topic, partition and offset of the refused record
 * @param value null for the audio topics too, whose audio is never stored here
 * @param headers JSON array of {@code {name, text}} or {@code {name, base64}}
 */
record DeadLetterRow(
    String topic,
    int partition,
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    @Nullable Long valueBytes,
    String headers,
    String part,
    String stage,
    String errorClass,
    String reason,
    long seenAtMicros) {

  static final String NAME = "tocsin.dead_letter";

  private static final Pattern TOPIC_NAME = Pattern.compile("[A-Za-z0-9._-]{1,249}");
  private static final Set<String> AUDIO =
      Set.of(Topics.AUDIO_FRAMES.name(), Topics.AUDIO_EMBEDDINGS.name());

  private static final BulkStatement<DeadLetterRow> INSERT =
      new BulkStatement<>(
          """
          INSERT INTO tocsin.dead_letter (
            topic, partition, "offset", key, value, value_bytes, headers, part, stage, error_class,
            reason, seen_at)
          SELECT topic, partition, "offset", key, value, value_bytes, headers, part, stage,
            error_class, reason, tocsin.instant(seen_us)
          FROM {rows}
          ON CONFLICT (topic, partition, "offset") DO NOTHING
          """,
          List.of(
              new Column<>("topic", "text", DeadLetterRow::topic),
              new Column<>("partition", "int4", DeadLetterRow::partition),
              new Column<>("\"offset\"", "int8", DeadLetterRow::offset),
              new Column<>("key", "bytea", DeadLetterRow::key),
              new Column<>("value", "bytea", DeadLetterRow::value),
              new Column<>("value_bytes", "int8", DeadLetterRow::valueBytes),
              new Column<>("headers", "jsonb", DeadLetterRow::headers),
              new Column<>("part", "text", DeadLetterRow::part),
              new Column<>("stage", "text", DeadLetterRow::stage),
              new Column<>("error_class", "text", DeadLetterRow::errorClass),
              new Column<>("reason", "text", DeadLetterRow::reason),
              new Column<>("seen_us", "int8", DeadLetterRow::seenAtMicros)));

  /** The row of a record that the sink itself refuses. */
  static DeadLetterRow of(Refused refused, String part) {
    ConsumerRecord<byte[], byte[]> source = refused.source();
    return of(
        source,
        source.topic(),
        source.partition(),
        source.offset(),
        part,
        refused.stage(),
        refused.errorClass(),
        refused.reason());
  }

  /**
   * The row of a record of a dead-letter topic, under its source's position where its headers tell
   * one, else under its own.
   */
  static DeadLetterRow of(Letter letter) {
    ConsumerRecord<byte[], byte[]> source = letter.source();
    Headers headers = source.headers();
    String topic = text(headers, DeadLetters.TOPIC);
    long partition = wholeNumber(text(headers, DeadLetters.PARTITION));
    long offset = wholeNumber(text(headers, DeadLetters.OFFSET));
    boolean told =
        TOPIC_NAME.matcher(topic).matches()
            && partition >= 0
            && partition <= Integer.MAX_VALUE
            && offset >= 0;
    return of(
        source,
        told ? topic : source.topic(),
        told ? (int) partition : source.partition(),
        told ? offset : source.offset(),
        text(headers, DeadLetters.CONNECTOR),
        text(headers, DeadLetters.STAGE),
        text(headers, DeadLetters.EXCEPTION_CLASS),
        text(headers, DeadLetters.EXCEPTION_MESSAGE));
  }

  private static DeadLetterRow of(
      ConsumerRecord<byte[], byte[]> source,
      String topic,
      int partition,
      long offset,
      String part,
      String stage,
      String errorClass,
      String reason) {
    boolean audio = AUDIO.contains(topic) || AUDIO.contains(withoutSuffix(source.topic()));
    byte[] value = source.value();
    return new DeadLetterRow(
        topic,
        partition,
        offset,
        source.key(),
        audio ? null : value,
        value == null ? null : (long) value.length,
        json(source.headers()),
        storable(part),
        storable(stage),
        storable(errorClass),
        storable(reason),
        TimeUnit.MILLISECONDS.toMicros(source.timestamp()));
  }

  /** Writes rows, one a position; a record refused twice keeps its first row. */
  static int write(Handle handle, Collection<DeadLetterRow> rows) {
    TreeMap<String, DeadLetterRow> distinct = new TreeMap<>();
    rows.forEach(
        row -> distinct.putIfAbsent(row.topic + ' ' + row.partition + ' ' + row.offset, row));
    return INSERT.execute(handle, distinct.values());
  }

  private static String withoutSuffix(String topic) {
    return topic.endsWith(Topic.DLQ_SUFFIX)
        ? topic.substring(0, topic.length() - Topic.DLQ_SUFFIX.length())
        : topic;
  }

  private static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  private static long wholeNumber(String digits) {
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : -1;
  }

  /** PostgreSQL's text holds every character but U+0000. */
  private static String storable(String text) {
    return text.replace('\0', '\uFFFD');
  }

  private static String json(Headers headers) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Header header : headers) {
      ObjectNode object = array.addObject().put("name", storable(header.key()));
      byte[] value = header.value();
      if (value == null) {
        object.putNull("text");
        continue;
      }
      String text = utf8(value);
      if (text == null) {
        object.put("base64", Base64.getEncoder().encodeToString(value));
      } else {
        object.put("text", text);
      }
    }
    return array.toString();
  }

  private static @Nullable String utf8(byte[] bytes) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') >= 0 ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
