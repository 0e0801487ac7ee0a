package io.tocsin.jobs.kafka;

/** The content of a decoded record cannot be used; it goes to the dead-letter topic. */
public final class RefusedRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public RefusedRecordException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
