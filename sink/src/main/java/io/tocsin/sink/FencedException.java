package io.tocsin.sink;

/** Another sink has taken over a partition that this one was about to write. */
final class FencedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  FencedException(String message) {
    super(message);
  }
}
