package io.tocsin.schema.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tocsin.schema.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters: the record as it came, key, value and headers untouched, with Kafka Connect's error
 * headers added so that Connect's tooling reads them.
 */
public final class DeadLetters {

  private static final String PREFIX = "__connect.errors.";

  /** Source topic. */
  public static final String TOPIC = PREFIX + "topic";

  /** Source partition, decimal. */
  public static final String PARTITION = PREFIX + "partition";

  /** Source offset, decimal. */
  public static final String OFFSET = PREFIX + "offset";

  /** The part that refused the record. */
  public static final String CONNECTOR = PREFIX + "connector.name";

  /** What that part was doing: DECODE or CHECK. */
  public static final String STAGE = PREFIX + "stage";

  /** Class of the error. */
  public static final String EXCEPTION_CLASS = PREFIX + "exception.class.name";

  /** The error in words: the thing, the value and the way out. */
  public static final String EXCEPTION_MESSAGE = PREFIX + "exception.message";

  private DeadLetters() {}

  /** The dead letter of {@code source} for an error that was thrown. */
  public static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> source, String part, String stage, Throwable cause) {
    String message = cause.getMessage();
    return of(source, part, stage, cause.getClass().getName(), message == null ? "" : message);
  }

  /** The dead letter of {@code source} for a check that failed. */
  public static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> source, String part, String stage, String reason) {
    return of(source, part, stage, ImplausibleRecordException.class.getName(), reason);
  }

  /** The error headers alone, after those of {@code source}. */
  public static Headers headers(
      String topic,
      int partition,
      long offset,
      @Nullable Headers sourceHeaders,
      String part,
      String stage,
      String errorClass,
      String message) {
    RecordHeaders headers =
        sourceHeaders == null ? new RecordHeaders() : new RecordHeaders(sourceHeaders.toArray());
    add(headers, TOPIC, topic);
    add(headers, PARTITION, Integer.toString(partition));
    add(headers, OFFSET, Long.toString(offset));
    add(headers, CONNECTOR, part);
    add(headers, STAGE, stage);
    add(headers, EXCEPTION_CLASS, errorClass);
    add(headers, EXCEPTION_MESSAGE, message);
    return headers;
  }

  private static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> source,
      String part,
      String stage,
      String errorClass,
      String message) {
    Headers headers =
        headers(
            source.topic(),
            source.partition(),
            source.offset(),
            source.headers(),
            part,
            stage,
            errorClass,
            message);
    return new ProducerRecord<>(
        source.topic() + Topic.DLQ_SUFFIX, null, null, source.key(), source.value(), headers);
  }

  private static void add(RecordHeaders headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }
}
