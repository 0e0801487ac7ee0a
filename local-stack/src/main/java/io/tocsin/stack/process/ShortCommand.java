package io.tocsin.stack.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A command that ends by itself and says little. */
public final class ShortCommand {

  private ShortCommand() {}

  /**
   * @param exitCode 127 when the program is not there
   * @param output standard output and error, trimmed
   */
  public record Outcome(int exitCode, String output) {

    /** Whether the exit code is 0. */
    public boolean succeeded() {
      return exitCode == 0;
    }
  }

  /** Runs a command to its end, in the folder / that every account may enter. */
  public static Outcome run(List<String> command) throws InterruptedException {
    return run(command, Map.of());
  }

  /** The same with {@code environment} beside the inherited variables. */
  public static Outcome run(List<String> command, Map<String, String> environment)
      throws InterruptedException {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      return new Outcome(127, String.valueOf(e.getMessage()));
    }
  }
}
