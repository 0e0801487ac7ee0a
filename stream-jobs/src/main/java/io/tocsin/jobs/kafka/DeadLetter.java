package io.tocsin.jobs.kafka;

import io.tocsin.schema.Topic;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.schema.wire.ImplausibleRecordException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be used, on its way to the dead-letter topic, as a Flink stream carries it.
 *
 * @param topic where it came from
 * @param key its key as it came
 * @param value its value as it came
 * @param headerNames its headers' names
 * @param headerValues its headers' values, beside the names
 * @param part the part that refuses it
 * @param stage DECODE or CHECK
 * @param errorClass class of the error
 * @param reason the error in words
 */
public record DeadLetter(
    String topic,
    int partition,
    long offset,
    byte @Nullable [] key,
    byte @Nullable [] value,
    String[] headerNames,
    byte[][] headerValues,
    String part,
    String stage,
    String errorClass,
    String reason) {

  static DeadLetter undecodable(
      ConsumerRecord<byte[], byte[]> record, String part, Exception error) {
    return of(
        record, part, "DECODE", error.getClass().getName(), String.valueOf(error.getMessage()));
  }

  static DeadLetter implausible(ConsumerRecord<byte[], byte[]> record, String part, String reason) {
    return of(record, part, "CHECK", ImplausibleRecordException.class.getName(), reason);
  }

  static DeadLetter unbelieved(
      ConsumerRecord<byte[], byte[]> record, String part, UnbelievedRecordException error) {
    return of(
        record, part, "CHECK", error.getClass().getName(), String.valueOf(error.getMessage()));
  }

  private static DeadLetter of(
      ConsumerRecord<byte[], byte[]> record,
      String part,
      String stage,
      String errorClass,
      String reason) {
    Header[] headers = record.headers().toArray();
    String[] names = new String[headers.length];
    byte[][] values = new byte[headers.length][];
    for (int i = 0; i < headers.length; i++) {
      names[i] = headers[i].key();
      values[i] = headers[i].value() == null ? new byte[0] : headers[i].value();
    }
    return new DeadLetter(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        names,
        values,
        part,
        stage,
        errorClass,
        reason);
  }

  ProducerRecord<byte[], byte[]> toRecord() {
    RecordHeaders source = new RecordHeaders();
    for (int i = 0; i < headerNames.length; i++) {
      source.add(headerNames[i], headerValues[i]);
    }
    return new ProducerRecord<>(
        topic + Topic.DLQ_SUFFIX,
        null,
        null,
        key,
        value,
        DeadLetters.headers(topic, partition, offset, source, part, stage, errorClass, reason));
  }
}
