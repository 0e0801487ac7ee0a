package io.tocsin.stack.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How far picked onsets are from the truth, and whether their sigma says so. */
@Command(
    name = "onsets",
    mixinStandardHelpOptions = true,
    description =
        "Errors of the onset picker on sounds set into real background at 20, 10 and 5 dB signal to"
            + " noise, without servers.")
final class OnsetsBench implements Callable<Integer> {

  /** Behind those that the picker was tuned on. */
  private static final long FIRST_SEED = 100_001;

  @Mixin private AudioOption audio = new AudioOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--onsets",
      defaultValue = "1200",
      description = "Onsets at each signal-to-noise ratio; default ${DEFAULT-VALUE}.")
  private int onsets;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    OnsetTrial trial =
        new OnsetTrial(new SoundLibrary(audio.resolve(StackOptions.home()), Set.of()));
    Map<String, OnsetTrial.Figures> figures = trial.run(FIRST_SEED, onsets, 20, 10, 5);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(figures));
    } else {
      figures.forEach(
          (snr, f) ->
              out.printf(
                  Locale.ROOT,
                  "%s dB: %d onsets, error median %.2f ms, 95 %% %.2f ms, sigma median %.2f ms,"
                      + " %.1f %% within two sigma%n",
                  snr,
                  f.n(),
                  f.medianMillis(),
                  f.p95Millis(),
                  f.medianSigmaMillis(),
                  100 * f.within2SigmaShare()));
    }
    out.flush();
    return ExitCodes.DONE;
  }
}
