package io.tocsin.stack.bench.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills sinks and restarts PostgreSQL under load, and counts what is wrong afterwards. */
@Command(
    name = "sink-faults",
    mixinStandardHelpOptions = true,
    description = {
      "Kills sinks (kill -9) and restarts PostgreSQL at random moments of a load, then holds the",
      "tables against the topics. Prints JSON; exit code 1 when a row is wrong."
    })
public final class SinkFaultsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--kills", defaultValue = "50", description = "Default ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--restarts",
      defaultValue = "5",
      description = "Restarts of PostgreSQL, every second a crash; default ${DEFAULT-VALUE}.")
  private int restarts;

  @Option(
      names = "--records-per-second",
      defaultValue = "1000",
      description = "About so many; default ${DEFAULT-VALUE}.")
  private int recordsPerSecond;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws SQLException, IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress =
        line -> {
          err.println(line);
          err.flush();
        };
    SinkFaults.Report report;
    try (SinkRig rig = SinkRig.start(4, progress)) {
      report =
          new SinkFaults(
                  new SinkFaults.Plan(kills, restarts, recordsPerSecond, seed), rig, progress)
              .run();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    out.flush();
    return report.wrong().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }
}
