package io.tocsin.stack;

/** The stack cannot start or go on; the message names the thing, the value and the way out. */
public final class StackException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StackException(String message) {
    super(message);
  }

  public StackException(String message, Throwable cause) {
    super(message, cause);
  }
}
