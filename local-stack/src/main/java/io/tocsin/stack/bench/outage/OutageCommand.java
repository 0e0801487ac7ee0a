package io.tocsin.stack.bench.outage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes Kafka away from a fleet and counts what became of its audio. */
@Command(
    name = "outage",
    mixinStandardHelpOptions = true,
    description = {
      "Takes Kafka and the registry away from a fleet, kills its producer (kill -9) meanwhile, and",
      "holds what is in Kafka afterwards against what was captured. Exit code 1 when a frame is",
      "lost or damaged."
    })
public final class OutageCommand implements Callable<Integer> {

  private static final int PARTITIONS = 4;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--minutes", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(names = "--sensors", defaultValue = "16", description = "Default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--kills",
      defaultValue = "2",
      description = "Of the producer during the outage; default ${DEFAULT-VALUE}.")
  private int kills;

  @Option(
      names = "--lead-seconds",
      defaultValue = "30",
      description = "So long everything runs before and after; default ${DEFAULT-VALUE}.")
  private int leadSeconds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress =
        line -> {
          err.println(line);
          err.flush();
        };
    Duration outage = Duration.ofMillis((long) (minutes * 60_000));
    OutageReport report;
    try (OutageRig rig = OutageRig.start(PARTITIONS, progress)) {
      report =
          new Outage(
                  new Outage.Plan(
                      sensors,
                      Duration.ofSeconds(leadSeconds),
                      outage,
                      kills,
                      outage.multipliedBy(3).plusMinutes(2)),
                  rig,
                  PARTITIONS,
                  progress)
              .run();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : report.line());
    out.flush();
    return report.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
  }
}
