package io.tocsin.schema.identity;

import org.apache.kafka.clients.producer.ProducerRecord;

/** Says in a header whose a record is. */
@FunctionalInterface
public interface RecordSigner {

  /** Adds the header; key and value must not change from then on. */
  void sign(ProducerRecord<String, byte[]> record);

  /** Signs nothing. */
  static RecordSigner none() {
    return record -> {};
  }
}
