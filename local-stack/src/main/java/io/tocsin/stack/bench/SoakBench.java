package io.tocsin.stack.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackSettings;
import io.tocsin.stack.bench.scoring.Soak;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** ScoringJob at saturation for minutes. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description =
        "ScoringJob at saturation: windows lost, resident memory and open tensors over the time."
            + " Starts servers of its own.")
final class SoakBench implements Callable<Integer> {

  private static final String NAME = "bench-soak";
  private static final int PARTITIONS = 4;
  private static final int SLOTS = 4;

  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Mixin private StackOptions stack = new StackOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--minutes",
      defaultValue = "10",
      description = "How long; default ${DEFAULT-VALUE}.")
  private double minutes;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Path home = StackOptions.home();
    Path model = bundle.resolve();
    List<Path> recordings = audio.resolve(home);
    PrintWriter err = spec.commandLine().getErr();
    try (LocalStack servers =
        LocalStack.start(
            new StackSettings(home, NAME, stack.ports(), true, true, PARTITIONS, SLOTS),
            line -> say(err, line))) {
      Soak.Report report =
          new Soak(servers, model, recordings, line -> say(err, line))
              .run(Duration.ofMillis(Math.round(minutes * 60_000)));
      say(
          spec.commandLine().getOut(),
          json
              ? new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(report)
              : String.format(
                  Locale.ROOT,
                  "%.1f minutes, %.0f windows/s, %d windows missing, %d restarts; resident memory"
                      + " grew %.2f MiB a minute in the second half; %.0f tensors open at the end",
                  report.minutes(),
                  report.windowsPerSecond(),
                  report.windowsMissing(),
                  report.restarts(),
                  report.growthMebibytesPerMinute(),
                  report.tensorsOpen().get(report.tensorsOpen().size() - 1)));
      return report.windowsMissing() == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
