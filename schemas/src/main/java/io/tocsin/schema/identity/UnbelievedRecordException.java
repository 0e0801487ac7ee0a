package io.tocsin.schema.identity;

/** A record is not signed by whom it says it is of; it goes to the dead-letter topic. */
public final class UnbelievedRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnbelievedRecordException(String reason) {
    super(reason);
  }
}
