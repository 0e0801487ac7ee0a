package io.tocsin.sink;

import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What the sink made of a Kafka record. */
sealed interface Reading {

  /** The record as it came. */
  ConsumerRecord<byte[], byte[]> source();

  /**
   * A record of its topic's contract.
   *
   * @param value null for a tombstone, which only compacted topics have
   */
  record Accepted<T extends SpecificRecord>(
      ConsumerRecord<byte[], byte[]> source, String key, @Nullable T value) implements Reading {

    /** Timestamp of the Kafka record, microseconds since the epoch. */
    long publishedAtMicros() {
      return TimeUnit.MILLISECONDS.toMicros(source.timestamp());
    }
  }

  /** A record that breaks the contract. */
  record Refused(
      ConsumerRecord<byte[], byte[]> source, String stage, String errorClass, String reason)
      implements Reading {}

  /** A record of a dead-letter topic. It is stored as it is: a dead letter never gets another. */
  record Letter(ConsumerRecord<byte[], byte[]> source) implements Reading {}
}
