package io.tocsin.stack.server;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.process.ChildCommand;
import io.tocsin.stack.process.Launcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands that run a class of the distribution in a JVM. */
public final class JavaCommand {

  private static final Duration GRACE = Duration.ofSeconds(20);

  /** How much the Kafka clients of all processes write into their logs, such as debug. */
  private static final String CLIENTS_LOG = "tocsin.log.clients";

  private JavaCommand() {}

  /**
   * @param name of the process and its log
   * @param options of the JVM, such as its heap
   */
  public static ChildCommand of(
      Distribution distribution,
      Launcher launcher,
      Path directory,
      String name,
      List<String> options,
      String mainClass,
      List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(distribution.java());
    command.addAll(options);
    command.addAll(distribution.opens());
    String clients = System.getProperty(CLIENTS_LOG);
    if (clients != null) {
      command.add("-D" + CLIENTS_LOG + "=" + clients);
    }
    command.addAll(
        List.of(
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.net.preferIPv4Stack=true",
            "-Duser.timezone=UTC",
            "-Dfile.encoding=UTF-8",
            "-Dlog.file=" + launcher.logOf(name),
            "-Dlog4j2.configurationFile=classpath:io/tocsin/stack/log4j2-child.properties",
            "-cp",
            distribution.classPath(),
            mainClass));
    command.addAll(arguments);
    return new ChildCommand(name, command, Map.of(), directory, "TERM", GRACE);
  }
}
