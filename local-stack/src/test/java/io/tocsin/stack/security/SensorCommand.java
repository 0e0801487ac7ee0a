package io.tocsin.stack.security;

import io.tocsin.edge.TocsinSensor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What tocsin-sensor ended with and said. */
public record SensorCommand(int exitCode, String said) {

  /** Runs it in this process; options that every test wants are given. */
  public static SensorCommand run(List<String> arguments) {
    StringWriter said = new StringWriter();
    List<String> all = new ArrayList<>(arguments);
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--lat="))) {
      all.addAll(List.of("--lat=52.5", "--lon=13.4"));
    }
    int exitCode =
        new CommandLine(new TocsinSensor())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(all.toArray(new String[0]));
    return new SensorCommand(exitCode, said.toString());
  }

  /** The line that begins as check writes what it finds of Kafka. */
  String ofKafka() {
    return said.lines().filter(line -> line.contains(" kafka ")).findFirst().orElse("");
  }
}
