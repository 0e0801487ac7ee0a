package io.tocsin.stack.server;

import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import java.time.Duration;
import java.util.List;

/** Waiting for a server's first answer. */
public final class Readiness {

  private static final Duration LONGEST = Duration.ofSeconds(90);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

  private Readiness() {}

  /** Asks the server something in its protocol; throws while it does not answer as it should. */
  public interface Question {
    void ask() throws Exception;
  }

  /**
   * Asks until the server answers.
   *
   * @throws StackException if one of {@code children} ends or the answer takes over 90 s
   */
  public static void await(String server, List<Child> children, Question question)
      throws InterruptedException {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      Exception reason;
      try {
        question.ask();
        return;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        reason = e;
      }
      for (Child child : children) {
        if (!child.isAlive()) {
          throw new StackException(
              "%s ended with exit code %d while it started; the end of %s:\n%s"
                  .formatted(child.name(), child.exitCode(), child.log(), child.lastLines()));
        }
      }
      if (System.nanoTime() > deadline) {
        throw new StackException(
            "%s does not answer after %d s (%s); see %s"
                .formatted(
                    server, LONGEST.toSeconds(), reason, children.get(children.size() - 1).log()),
            reason);
      }
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
  }
}
