package io.tocsin.sink.evidence;

/** The object store did not do what was asked; the same again may work later. */
public final class StoreUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
