package io.tocsin.stack.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackSettings;
import io.tocsin.stack.bench.scoring.DeliveryMeasurement;
import io.tocsin.stack.bench.scoring.DeliveryReport;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What it costs to write exactly once. */
@Command(
    name = "delivery",
    mixinStandardHelpOptions = true,
    description =
        "How long a detection takes through ScoringJob, from the frame that completes it to a"
            + " consumer of committed records, at least once and exactly once, in turns, under the"
            + " same load at the pace of time. Starts servers of its own.")
final class DeliveryBench implements Callable<Integer> {

  private static final String NAME = "bench-delivery";
  private static final int PARTITIONS = 4;
  private static final int SLOTS = 4;

  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Mixin private StackOptions stack = new StackOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--checkpoint-seconds",
      split = ",",
      paramLabel = "S",
      defaultValue = "1,10",
      description = "Intervals between checkpoints; default ${DEFAULT-VALUE}.")
  private List<Integer> checkpointSeconds = List.of();

  @Option(
      names = "--repetitions",
      defaultValue = "3",
      description = "Of each way at each interval, in turns; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--sensors",
      defaultValue = "64",
      description = "Sensors that send; default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "That they send in each repetition; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--frame-millis",
      defaultValue = "240",
      description = "Length of their frames; default ${DEFAULT-VALUE}.")
  private int frameMillis;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of what is heard; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    if (repetitions < 1 || sensors < 1 || checkpointSeconds.stream().anyMatch(s -> s < 1)) {
      throw new ParameterException(
          spec.commandLine(), "--repetitions, --sensors and --checkpoint-seconds take 1 or more");
    }
    Path home = StackOptions.home();
    Path model = bundle.resolve();
    List<Path> recordings = audio.resolve(home);
    try (LocalStack servers =
        LocalStack.start(
            new StackSettings(home, NAME, stack.ports(), true, true, PARTITIONS, SLOTS),
            this::say)) {
      DeliveryReport report =
          new DeliveryMeasurement(
                  servers,
                  PARTITIONS,
                  model,
                  recordings,
                  seed,
                  new DeliveryMeasurement.Extent(
                      sensors,
                      seconds,
                      frameMillis,
                      checkpointSeconds.stream().map(Duration::ofSeconds).toList(),
                      repetitions),
                  this::say)
              .run();
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          json
              ? new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(report)
              : String.join(System.lineSeparator(), report.lines()));
      out.flush();
    }
    return ExitCodes.DONE;
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
