package io.tocsin.schema.wire;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** A record's bytes are not what its topic's contract says; it belongs on the dead-letter topic. */
public final class UndecodableRecordException extends SerializationException {

  private static final long serialVersionUID = 1L;

  UndecodableRecordException(String topic, String reason, @Nullable Throwable cause) {
    super("value on " + topic + " is undecodable: " + reason, cause);
  }
}
