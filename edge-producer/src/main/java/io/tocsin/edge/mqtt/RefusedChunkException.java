package io.tocsin.edge.mqtt;

/** A message that is no chunk of sound as the contract wants it. */
final class RefusedChunkException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, for counting. */
  enum Reason {
    TOPIC,
    UNKNOWN_DEVICE,
    FORMAT,
    CAPTURE_TIME,
    RATE,
    LENGTH
  }

  private final Reason reason;

  RefusedChunkException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
