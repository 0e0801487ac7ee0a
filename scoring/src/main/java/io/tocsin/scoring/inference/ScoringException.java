package io.tocsin.scoring.inference;

/** A window that could not be scored, or a model that cannot run here. */
public final class ScoringException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ScoringException(String message) {
    super(message);
  }

  ScoringException(String message, Throwable cause) {
    super(message, cause);
  }
}
