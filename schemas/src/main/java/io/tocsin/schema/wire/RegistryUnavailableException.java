package io.tocsin.schema.wire;

import org.apache.kafka.common.errors.RetriableException;

/** The schema registry did not answer; the record is not to blame, so try again. */
public final class RegistryUnavailableException extends RetriableException {

  private static final long serialVersionUID = 1L;

  RegistryUnavailableException(String doing, Throwable cause) {
    super("the schema registry did not answer while " + doing + ": " + cause.getMessage(), cause);
  }
}
