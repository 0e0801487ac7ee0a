package io.tocsin.stack.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process to run.
 *
 * @param name of the process and of its log
 * @param command program and arguments
 * @param environment variables set beside the inherited ones
 * @param directory where it runs
 * @param stopSignal the signal that ends it cleanly, without SIG
 * @param grace how long after that signal it is killed; whole seconds
 */
public record ChildCommand(
    String name,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    String stopSignal,
    Duration grace) {

  public ChildCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
