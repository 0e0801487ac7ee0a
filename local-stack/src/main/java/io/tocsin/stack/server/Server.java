package io.tocsin.stack.server;

import io.tocsin.stack.process.Child;
import java.util.List;

/** A server of the stack: one or more child processes. */
public interface Server {

  String name();

  /** Prepares what the server needs on disk and starts its processes; does not wait for them. */
  void start() throws InterruptedException;

  /**
   * Waits until the server answers in its own protocol.
   *
   * @throws io.tocsin.stack.StackException if it ends or does not answer in time
   */
  void awaitReady() throws InterruptedException;

  /** The processes that were started. */
  List<Child> children();

  /** Ends the processes cleanly and waits for that. */
  default void stop() {
    List<Child> started = children();
    for (int i = started.size() - 1; i >= 0; i--) {
      started.get(i).stop();
    }
  }
}
