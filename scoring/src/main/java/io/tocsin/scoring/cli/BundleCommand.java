package io.tocsin.scoring.cli;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.bundle.SecondOpinionSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tocsin bundle}: makes and shows model bundles. */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    description = "Makes and shows model bundles.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the bundle was made, or is sound",
      "1:the files do not go together, or the bundle cannot be used",
      "2:the command line is wrong"
    })
public final class BundleCommand implements Runnable {

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec.
  public BundleCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say make or show");
  }

  @Command(
      name = "make",
      mixinStandardHelpOptions = true,
      description = "Makes a bundle of a backbone and a head that was trained on it.")
  int make(
      @Option(
              names = "--backbone",
              required = true,
              paramLabel = "FILE.onnx",
              description = "YAMNet, waveform in.")
          Path backbone,
      @Option(
              names = "--head",
              required = true,
              paramLabel = "DIR",
              description = "Folder with head.yaml.")
          Path head,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "Folder of the bundle; what is there is replaced.")
          Path out,
      @ArgGroup(exclusive = false, heading = "%nA second bundle that scores windows in doubt:%n")
          @Nullable SecondOpinionOptions second) {
    return orMessage(
        () -> {
          BundleAssembly.make(backbone, head, out, second == null ? null : second.spec());
          print(ModelBundle.load(out));
        });
  }

  /** Options of a second opinion. */
  static final class SecondOpinionOptions {

    @Option(
        names = "--second-opinion",
        required = true,
        paramLabel = "DIR",
        description = "Folder of the second bundle; bundle.yaml names it relative to its own.")
    private Path bundle = Path.of("");

    @Option(
        names = "--band-low",
        paramLabel = "SCORE",
        description =
            "A window is in doubt whose best score is this ...; default ${DEFAULT-VALUE}.")
    private double low = 0.3;

    @Option(
        names = "--band-high",
        paramLabel = "SCORE",
        description = "... to this; default ${DEFAULT-VALUE}.")
    private double high = 0.95;

    @Option(
        names = "--sample",
        paramLabel = "SHARE",
        description = "Share of the other windows that it scores; default ${DEFAULT-VALUE}.")
    private double sample = 0.01;

    private SecondOpinionSpec spec() {
      return new SecondOpinionSpec(bundle, low, high, sample);
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Verifies a bundle and shows what it holds.")
  int show(@Parameters(paramLabel = "DIR", description = "Folder of the bundle.") Path folder) {
    return orMessage(() -> print(ModelBundle.load(folder)));
  }

  private int orMessage(Runnable work) {
    try {
      work.run();
      return 0;
    } catch (BundleException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private void print(ModelBundle bundle) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("bundle   %s%n", bundle.ref());
    out.printf("digest   %s%n", bundle.ref().digest());
    out.printf("folder   %s%n", bundle.folder());
    out.printf("licence  %s%n", bundle.licence());
    out.printf(
        "input    waveform at %d Hz, windows of %d samples every %d%n",
        bundle.sampleRateHertz(), bundle.windowSamples(), bundle.hopSamples());
    out.printf("outputs  %s%n", String.join(", ", bundle.outputs()));
    bundle.loadSecond().ifPresent(second -> out.println(row(bundle, second)));
    for (LabelSpec label : bundle.labels()) {
      out.println(row(label));
    }
    out.flush();
  }

  private static String row(ModelBundle bundle, ModelBundle second) {
    SecondOpinionSpec spec = bundle.secondOpinion().orElseThrow();
    return String.format(
        Locale.ROOT,
        "second   %s in %s: where the best score is %.3f to %.3f, and %.1f %% of the others",
        second.ref(),
        second.folder(),
        spec.low(),
        spec.high(),
        spec.sample() * 100);
  }

  private static String row(LabelSpec label) {
    Double falsePositives = label.falsePositiveRate();
    return String.format(
        Locale.ROOT,
        "label    %s: on at %.3f, off below %.3f, probability at on %.3f, false positives %s",
        label.name(),
        label.onThreshold(),
        label.offThreshold(),
        label.calibration().probability(label.onThreshold()),
        falsePositives == null
            ? "not stated"
            : String.format(Locale.ROOT, "%.1f %% of windows", falsePositives * 100));
  }
}
