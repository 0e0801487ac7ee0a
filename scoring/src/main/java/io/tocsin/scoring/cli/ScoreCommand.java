package io.tocsin.scoring.cli;

import io.tocsin.audio.AudioClip;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringException;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tocsin score}: what the model hears in sound files. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Scores WAV, FLAC and Ogg files, or all of a folder, with a model bundle.",
      "Prints each window's highest outputs, and the detections with onset and probability."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every file was scored",
      "1:some file could not be read or scored, or the bundle cannot be used",
      "2:the command line is wrong"
    })
public final class ScoreCommand implements Callable<Integer> {

  @Mixin private SoundInputs inputs = new SoundInputs();

  @Mixin private BundleArgument bundleArgument = new BundleArgument();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Outputs to print of each window, 0 or more; default ${DEFAULT-VALUE}.")
  private int top = 3;

  @Option(names = "--json", description = "Print JSON, an object a line for each file.")
  private boolean json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets spec.
  public ScoreCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (top < 0) {
      throw new ParameterException(spec.commandLine(), "--top is " + top + "; 0 or more is wanted");
    }
    PrintWriter err = spec.commandLine().getErr();
    try {
      ModelBundle bundle = bundleArgument.load();
      try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
        ClipScorer clips = new ClipScorer(bundle, scorer);
        return inputs.each(err, (file, clip) -> score(bundle, clips, file, clip));
      }
    } catch (BundleException | ScoringException e) {
      err.println(e.getMessage());
      return 1;
    }
  }

  private void score(ModelBundle bundle, ClipScorer clips, Path file, AudioClip clip)
      throws InterruptedException {
    ScoreReport report =
        new ScoreReport(
            bundle, file.toString(), clip.seconds(), clips.score(file.toString(), clip));
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? report.json(top) + "\n" : report.text(top));
    out.flush();
  }
}
