package io.tocsin.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line as a program of its own.
 *
 * @param home where its state goes, and what it says
 */
record TocsinProgram(Path home) {

  /**
   * Starts it.
   *
   * @param log name under which {@link #said} finds what it says
   */
  Process start(String log, String... arguments) throws IOException {
    return startClass(log, Tocsin.class, arguments);
  }

  /** The same for a part's own main class. */
  Process startClass(String log, Class<?> main, String... arguments) throws IOException {
    Distribution distribution = Distribution.locate();
    List<String> command =
        new ArrayList<>(
            List.of(
                distribution.java(),
                "-Dtocsin.home=" + home,
                "-Dlog4j2.configurationFile=classpath:io/tocsin/stack/log4j2-command.properties",
                "-cp",
                distribution.classPath(),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(home.resolve(log).toFile())
        .start();
  }

  /** What it has said so far. */
  String said(String log) {
    try {
      return Files.readString(home.resolve(log));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
