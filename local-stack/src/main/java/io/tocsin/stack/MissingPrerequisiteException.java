package io.tocsin.stack;

/** Something that the machine must have is not there; the message says what and how to get it. */
public final class MissingPrerequisiteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MissingPrerequisiteException(String message) {
    super(message);
  }
}
