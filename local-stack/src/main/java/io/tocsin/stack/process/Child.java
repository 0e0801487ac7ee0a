package io.tocsin.stack.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A running child process on its leash: a small shell that holds the process and, through a pipe,
 * this JVM. When this JVM ends, even by KILL, the pipe closes and the leash ends the process.
 */
public final class Child {

  private static final int TAIL_LINES = 10;
  private static final Pattern STACK_FRAME = Pattern.compile("\\s+(at |\\.\\.\\. ).*");
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  private final ChildCommand command;
  private final Process leash;
  private final ProcessIdentity leashIdentity;
  private final Path pidFile;
  private final Path output;
  private final Path log;
  // Held so that the pipe is not closed by its finaliser.
  private final OutputStream pipe;
  private volatile boolean stopping;

  Child(ChildCommand command, Process leash, Path pidFile, Path output, Path log) {
    this.command = command;
    this.leash = leash;
    this.leashIdentity = ProcessIdentity.of(leash.pid());
    this.pidFile = pidFile;
    this.output = output;
    this.log = log;
    this.pipe = leash.getOutputStream();
  }

  public String name() {
    return command.name();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return leash.isAlive();
  }

  /** Whether {@link #stop} was called, so that its end is no surprise. */
  public boolean isStopping() {
    return stopping;
  }

  /** The shell that holds the process. */
  public ProcessIdentity leash() {
    return leashIdentity;
  }

  /**
   * The process on the leash, once the leash has said which it is.
   *
   * @return empty if that takes longer than {@code longest} or the process ended before
   */
  public Optional<ProcessIdentity> held(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (isAlive() && System.nanoTime() < deadline) {
      try {
        String line = Files.exists(pidFile) ? Files.readString(pidFile) : "";
        if (line.endsWith("\n")) {
          return Optional.of(ProcessIdentity.of(Long.parseLong(line.strip())));
        }
      } catch (IOException e) {
        // It ended between the two looks and its leash took the file away.
        return Optional.empty();
      }
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    }
    return Optional.empty();
  }

  /** Completed when the process has ended, for whatever reason. */
  public CompletableFuture<Child> onEnd() {
    return leash.onExit().thenApply(ended -> this);
  }

  /** The file with the process's own log. */
  public Path log() {
    return Files.exists(log) ? log : output;
  }

  /**
   * Waits until the process ends.
   *
   * @return its exit code, 128 + signal after a signal
   */
  public int await() throws InterruptedException {
    return leash.waitFor();
  }

  /**
   * Waits for the end for at most {@code longest}.
   *
   * @return whether it ended
   */
  public boolean await(Duration longest) throws InterruptedException {
    return leash.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The exit code of a process that ended. */
  public int exitCode() {
    return leash.exitValue();
  }

  /** Ends the process with its stop signal, after its grace by KILL, and waits for the end. */
  public void stop() {
    stopping = true;
    try {
      pipe.close();
    } catch (IOException e) {
      leash.destroy();
    }
    try {
      if (!await(command.grace().plusSeconds(5))) {
        leash.destroyForcibly();
      }
    } catch (InterruptedException e) {
      leash.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last lines that the process logged or printed, without stack frames. */
  public String lastLines() {
    List<String> lines = new ArrayList<>();
    for (Path file : List.of(log, output)) {
      if (Files.exists(file)) {
        try {
          List<String> all =
              Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                  .filter(line -> !STACK_FRAME.matcher(line).matches())
                  .toList();
          lines.addAll(all.subList(Math.max(0, all.size() - TAIL_LINES), all.size()));
        } catch (IOException e) {
          lines.add(file + " cannot be read: " + e);
        }
      }
    }
    return String.join("\n", lines);
  }
}
