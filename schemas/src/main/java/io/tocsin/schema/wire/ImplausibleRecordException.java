package io.tocsin.schema.wire;

import org.apache.kafka.common.errors.SerializationException;

/** A record decodes but says something that cannot be, such as a latitude of 95 degrees. */
public final class ImplausibleRecordException extends SerializationException {

  private static final long serialVersionUID = 1L;

  public ImplausibleRecordException(String reason) {
    super(reason);
  }
}
