package io.tocsin.edge.forward;

import java.util.concurrent.CompletionStage;

/** Where records are to go. */
interface Uplink extends AutoCloseable {

  /**
   * Sends a record. May take seconds where there is no connection; called by one thread.
   *
   * @param storedMillis how long it was kept before; 0 for a live record
   * @return completed when the record is where it was to go, or with what prevented it
   * @throws RuntimeException as what the result may be completed with
   */
  CompletionStage<?> send(byte[] body, long storedMillis);

  /** Starts anew after a failure from which the connection does not recover. */
  void reconnect();

  @Override
  void close();
}
