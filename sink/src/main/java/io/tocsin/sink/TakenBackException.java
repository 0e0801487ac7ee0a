package io.tocsin.sink;

/**
 * The database crashed and came back without the last batches, rows and offsets alike; they are
 * read from Kafka once more.
 */
final class TakenBackException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TakenBackException(String message) {
    super(message);
  }
}
