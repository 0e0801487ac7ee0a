package io.tocsin.stack.cluster;

import io.tocsin.stack.StackException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Starts again what ends by itself, as systemd or Kubernetes would: a sink that lost its partition
 * to another and a JobManager that no longer leads end on purpose.
 */
final class Supervisor implements AutoCloseable {

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final List<Member> members;
  private final Consumer<String> progress;
  private final List<String> startedAgain = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::watch, "supervisor");

  Supervisor(List<Member> members, Consumer<String> progress) {
    this.members = members;
    this.progress = progress;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  List<String> startedAgain() {
    return List.copyOf(startedAgain);
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        members.forEach(this::look);
        Thread.sleep(LOOK_EVERY.toMillis());
      }
    } catch (InterruptedException e) {
      // The cluster is closing.
    }
  }

  private void look(Member member) {
    try {
      if (member.startIfEnded()) {
        startedAgain.add(member.name());
        progress.accept(member.name() + " ended by itself and was started again");
      }
    } catch (StackException e) {
      // The next look tries again; while the cluster closes nothing is started any more.
      progress.accept(member.name() + " is not started again: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
