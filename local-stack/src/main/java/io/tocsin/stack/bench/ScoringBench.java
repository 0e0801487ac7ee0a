package io.tocsin.stack.bench;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackSettings;
import io.tocsin.stack.bench.scoring.ScoringMeasurement;
import io.tocsin.stack.bench.scoring.ScoringReport;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** ScoringJob against the bare model. */
@Command(
    name = "scoring",
    mixinStandardHelpOptions = true,
    description =
        "Windows per second of the bare model, of a plain Kafka consumer with the model, and of"
            + " ScoringJob from Kafka to Kafka, alternating on the same real audio; and ScoringJob's"
            + " latency at half its load. Starts servers of its own.")
final class ScoringBench implements Callable<Integer> {

  private static final String NAME = "bench-scoring";
  private static final int PARTITIONS = 4;
  private static final int SLOTS = 4;

  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Mixin private StackOptions stack = new StackOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--windows",
      defaultValue = "30000",
      description = "Windows in a repetition; default ${DEFAULT-VALUE}.")
  private int windows;

  @Option(
      names = "--warm-ups",
      defaultValue = "5",
      description = "Rounds before that do not count; default ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "Repetitions of each way, alternating; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--sensors",
      defaultValue = "128",
      description = "Sensors of the pre-loaded frames; default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--frame-millis",
      defaultValue = "1000",
      description = "Length of the pre-loaded frames; default ${DEFAULT-VALUE}.")
  private int frameMillis;

  @Option(
      names = "--latency-seconds",
      defaultValue = "60",
      description = "Length of the latency measurement; default ${DEFAULT-VALUE}.")
  private int latencySeconds;

  @Option(
      names = "--latency-frame-millis",
      defaultValue = "240",
      description = "Length of its frames; default ${DEFAULT-VALUE}.")
  private int latencyFrameMillis;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of what is heard; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException, OrtException {
    Path home = StackOptions.home();
    Path model = bundle.resolve();
    List<Path> recordings = audio.resolve(home);
    PrintWriter err = spec.commandLine().getErr();
    try (LocalStack servers =
        LocalStack.start(
            new StackSettings(home, NAME, stack.ports(), true, true, PARTITIONS, SLOTS),
            line -> say(err, line))) {
      ScoringReport report =
          new ScoringMeasurement(
                  servers,
                  PARTITIONS,
                  model,
                  recordings,
                  seed,
                  new ScoringMeasurement.Extent(
                      windows,
                      warmUps,
                      repetitions,
                      sensors,
                      frameMillis,
                      latencySeconds,
                      latencyFrameMillis),
                  line -> say(err, line))
              .run();
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        say(
            out,
            new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report));
      } else {
        say(out, text(report));
      }
    }
    return ExitCodes.DONE;
  }

  private static String text(ScoringReport report) {
    return String.format(
        Locale.ROOT,
        "bare model %.0f windows/s, plain consumer %.0f, ScoringJob %.0f: %.2f of the bare model,"
            + " %.2f of the plain consumer; latency %.0f ms median, %.0f ms in 99 of 100",
        report.bareOrt().windowsPerSecond(),
        report.plainConsumer().windowsPerSecond(),
        report.scoringJob().windowsPerSecond(),
        report.ratioToBare(),
        report.ratioToPlain(),
        report.latencyMillis().p50(),
        report.latencyMillis().p99());
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
