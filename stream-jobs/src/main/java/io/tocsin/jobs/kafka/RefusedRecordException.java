package io.tocsin.jobs.kafka;

/** The content of a decoded record cannot be used; it goes to the dead-letter topic. */
public final class RefusedRecordException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public RefusedRecordException(
      @org.jspecify.annotations.Nullable String reason,
      @org.jspecify.annotations.Nullable Throwable cause) {
    super(reason, cause);
  }
}
