package io.tocsin.stack.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.bench.sink.SinkBenchCommand;
import io.tocsin.stack.bench.sink.SinkFaultsCommand;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {SinkBenchCommand.class, SinkFaultsCommand.class},
    description =
        "Measures, without servers. scenes: the demo's scene for several seeds through scoring and"
            + " association.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:failed",
      "2:the command line is wrong",
      "3:something is missing"
    })
public final class BenchVerb implements Callable<Integer> {

  private static final String SCENES = "scenes";

  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WHAT",
      arity = "0..1",
      defaultValue = SCENES,
      description = "scenes; default ${DEFAULT-VALUE}.")
  private String what = SCENES;

  @Option(
      names = "--seeds",
      defaultValue = "8",
      description = "Seeds 1 to this; default ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    if (!what.equals(SCENES)) {
      throw new ParameterException(
          spec.commandLine(), "there is no measurement '" + what + "'; there is: " + SCENES);
    }
    Path folder = bundle.resolve();
    SoundLibrary library =
        new SoundLibrary(audio.resolve(StackOptions.home()), Demo.trainedOn(folder));
    ModelBundle model = ModelBundle.load(folder);
    PrintWriter out = spec.commandLine().getOut();
    List<Rehearsal.Outcome> outcomes = new ArrayList<>();
    try (WindowScorer scorer = SharedScorers.acquire(model, ScoringSettings.cpu())) {
      Rehearsal rehearsal = new Rehearsal(library, model, scorer);
      for (long seed = 1; seed <= seeds; seed++) {
        Rehearsal.Outcome outcome = rehearsal.run(seed);
        outcomes.add(outcome);
        if (!json) {
          out.printf(
              Locale.ROOT,
              "seed %d: precision %.2f, recall %.2f (%d of %d), %d false alarms, %d duplicates,"
                  + " location error %.1f m median; %d windows in %.1f s, %d picks in %.1f s%n",
              seed,
              outcome.precision(),
              outcome.recall(),
              outcome.found(),
              outcome.truePairs(),
              outcome.falseAlarms(),
              outcome.duplicates(),
              outcome.locationErrorP50Metres(),
              outcome.windows(),
              outcome.scoringSeconds(),
              outcome.picks(),
              outcome.associationSeconds());
          out.flush();
        }
      }
    }
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(outcomes));
      out.flush();
    }
    return ExitCodes.DONE;
  }
}
