package io.tocsin.scoring.inference;

import org.jspecify.annotations.Nullable;

/** A window that could not be scored, or a model that cannot run here. */
public final class ScoringException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ScoringException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
