package io.tocsin.jobs.kafka;

import java.io.Serializable;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Turns a topic's Avro record into the domain record that a job works on.
 *
 * @param <T> the Avro record
 * @param <D> the domain record
 */
public interface DomainMapping<T extends SpecificRecord, D> extends Serializable {

  /**
   * @throws RefusedRecordException if the record's content cannot be used
   */
  D toDomain(T value);

  /** The same with what the record's headers say, where that matters to the job. */
  default D withHeaders(D domain, Headers headers) {
    return domain;
  }

  /** Whether the record is for this job at all; one that is not is passed over. */
  default boolean concerns(T value) {
    return true;
  }

  /** What the withdrawal of {@code key} means; null where the topic knows no withdrawal. */
  default @Nullable D withdrawn(String key) {
    return null;
  }
}
