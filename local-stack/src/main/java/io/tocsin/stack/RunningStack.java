package io.tocsin.stack;

import io.tocsin.stack.process.ProcessIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A stack that another program started, as its state folder tells of it. */
public final class RunningStack {

  private static final Duration CLEAN_STOP = Duration.ofSeconds(90);
  private static final Duration LEASH_STOP = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private RunningStack() {}

  /** What was found and ended. */
  public enum Outcome {
    /** Nothing ran. */
    NOTHING_RAN,
    /** The stack ran and was stopped. */
    STOPPED,
    /** The stack had been killed; what was left of it is ended. */
    LEFTOVERS_ENDED
  }

  /** Where clients reach the stack of that state folder, if it runs and is ready. */
  public static Optional<Endpoints> endpoints(Path stateDir) {
    return StackFile.read(stateDir)
        .filter(file -> file.ready() && file.supervisor().isAlive())
        .map(StackFile::endpoints);
  }

  /**
   * Stops a stack: asks its supervisor to, or ends what a killed one left.
   *
   * @throws StackException if something does not end
   */
  public static Outcome stop(Path stateDir) throws InterruptedException {
    Optional<StackFile> file = StackFile.read(stateDir);
    if (file.isEmpty()) {
      return Outcome.NOTHING_RAN;
    }
    ProcessIdentity supervisor = file.get().supervisor();
    if (supervisor.isAlive()) {
      signal(supervisor, false);
      if (!awaitEnd(List.of(supervisor), CLEAN_STOP)) {
        throw new StackException(
            "process %d, which runs stack %s, does not end after %d s; end it with: kill -9 %d"
                .formatted(
                    supervisor.pid(), file.get().name(), CLEAN_STOP.toSeconds(), supervisor.pid()));
      }
      endLeftovers(stateDir);
      return Outcome.STOPPED;
    }
    return endLeftovers(stateDir) ? Outcome.LEFTOVERS_ENDED : Outcome.NOTHING_RAN;
  }

  /**
   * Ends processes whose supervisor was killed. Their leashes do so by themselves, so that this
   * mostly waits; a process whose leash was killed as well is ended here.
   *
   * @return whether any still ran
   */
  static boolean endLeftovers(Path stateDir) throws InterruptedException {
    Optional<StackFile> file = StackFile.read(stateDir);
    if (file.isEmpty()) {
      return false;
    }
    List<StackFile.Held> left =
        file.get().processes().stream().filter(StackFile.Held::isAlive).toList();
    for (StackFile.Held held : left) {
      signal(held.leash().isAlive() ? held.leash() : held.process(), false);
    }
    List<ProcessIdentity> all =
        left.stream()
            .flatMap(held -> java.util.stream.Stream.of(held.leash(), held.process()))
            .toList();
    if (!awaitEnd(all, LEASH_STOP)) {
      all.forEach(process -> signal(process, true));
      if (!awaitEnd(all, LEASH_STOP)) {
        throw new StackException(
            "processes of stack %s do not end: %s"
                .formatted(
                    file.get().name(), all.stream().filter(ProcessIdentity::isAlive).toList()));
      }
    }
    StackFile.remove(stateDir);
    return !left.isEmpty();
  }

  private static void signal(ProcessIdentity process, boolean kill) {
    if (process.isAlive()) {
      ProcessHandle.of(process.pid())
          .ifPresent(
              handle -> requireSent(process, kill ? handle.destroyForcibly() : handle.destroy()));
    }
  }

  private static void requireSent(ProcessIdentity process, boolean sent) {
    if (!sent && process.isAlive()) {
      throw new StackException(
          "process %d belongs to another user; stop the stack as that user"
              .formatted(process.pid()));
    }
  }

  private static boolean awaitEnd(List<ProcessIdentity> processes, Duration longest)
      throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (processes.stream().anyMatch(ProcessIdentity::isAlive)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
    return true;
  }
}
