package io.tocsin.stack.process;

import io.tocsin.stack.StackException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Starts child processes whose logs and process ids lie in one state folder. */
public final class Launcher {

  private static final boolean SETSID_THERE = Files.isExecutable(Path.of("/usr/bin/setsid"));

  private final Path runFolder;
  private final Path logFolder;
  private final Path leashScript;
  private final Consumer<Child> onStart;
  private final Object starting = new Object();
  private boolean closed;

  /**
   * @param stateDir gets the folders {@code run} (process ids) and {@code log}
   * @param onStart told of every child, from the thread that started it
   */
  public Launcher(Path stateDir, Consumer<Child> onStart) {
    this.runFolder = stateDir.resolve("run");
    this.logFolder = stateDir.resolve("log");
    this.leashScript = runFolder.resolve("leash.sh");
    this.onStart = onStart;
    try {
      Files.createDirectories(runFolder);
      Files.createDirectories(logFolder);
      try (InputStream script = Launcher.class.getResourceAsStream("leash.sh")) {
        if (script == null) {
          throw new IllegalStateException("leash.sh is not in the jar of the local stack");
        }
        Files.copy(script, leashScript, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the state folder " + stateDir + " cannot be written", e);
    }
  }

  /** The log file that a process called {@code name} should write. */
  public Path logOf(String name) {
    return logFolder.resolve(name + ".log");
  }

  /** From now on nothing is started any more. */
  public void close() {
    synchronized (starting) {
      closed = true;
    }
  }

  /**
   * Starts a process. Its standard output and error go to {@code log/NAME.out}.
   *
   * @throws StackException after {@link #close}
   */
  public Child start(ChildCommand command) {
    Path pidFile = runFolder.resolve(command.name() + ".pid");
    Path output = logFolder.resolve(command.name() + ".out");
    List<String> leashed = new ArrayList<>();
    if (SETSID_THERE) {
      // A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
      leashed.add("/usr/bin/setsid");
    }
    leashed.addAll(
        List.of(
            "/bin/sh",
            leashScript.toString(),
            command.stopSignal(),
            Long.toString(command.grace().toSeconds()),
            pidFile.toString()));
    leashed.addAll(command.command());
    ProcessBuilder builder =
        new ProcessBuilder(leashed)
            .directory(command.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(command.environment());
    try {
      synchronized (starting) {
        if (closed) {
          throw new StackException(command.name() + " is not started: the stack is stopping");
        }
        Files.deleteIfExists(pidFile);
        Child child = new Child(command, builder.start(), pidFile, output, logOf(command.name()));
        onStart.accept(child);
        return child;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          command.name() + " cannot be started as " + String.join(" ", command.command()), e);
    }
  }
}
