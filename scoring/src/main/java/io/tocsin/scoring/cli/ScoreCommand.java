package io.tocsin.scoring.cli;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringException;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tocsin score}: what the model hears in sound files. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = {
      "Scores WAV and FLAC files, or all of a folder, with a model bundle.",
      "Prints each window's highest outputs, and the detections with onset and probability."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every file was scored",
      "1:some file could not be read or scored, or the bundle cannot be used",
      "2:the command line is wrong"
    })
public final class ScoreCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FILE|DIR", description = "WAV or FLAC; or a folder.")
  private List<Path> inputs = List.of();

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "DIR",
      defaultValue = "${env:TOCSIN_BUNDLE}",
      description =
          "Model bundle: a folder with bundle.yaml, or a YAMNet backbone that is made into one with"
              + " the project's head. Default: TOCSIN_BUNDLE.")
  private Path bundleFolder = Path.of("");

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
    ModelBundle bundle;
    try {
      bundle = ModelBundle.load(assembled(bundleFolder));
    } catch (BundleException e) {
      return failed(e);
    }
    try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
      return scoreAll(bundle, new ClipScorer(bundle, scorer));
    } catch (ScoringException e) {
      return failed(e);
    }
  }

  /** The folder of a bundle, made of a backbone where that is what is given. */
  private static Path assembled(Path given) {
    Path home = Path.of(System.getProperty("tocsin.home", ""));
    return BundleAssembly.resolve(
        given, home.resolve("models/yamnet-head"), home.resolve(".tocsin/cache"));
  }

  private int scoreAll(ModelBundle bundle, ClipScorer clips) throws InterruptedException {
    int worst = 0;
    for (Path input : inputs) {
      try {
        for (Path file : soundFiles(input)) {
          worst = Math.max(worst, score(bundle, clips, file));
        }
      } catch (IOException e) {
        worst = failed(e);
      }
    }
    return worst;
  }

  private int score(ModelBundle bundle, ClipScorer clips, Path file) throws InterruptedException {
    try {
      AudioClip clip = AudioFiles.read(file);
      ScoreReport report =
          new ScoreReport(
              bundle, file.toString(), clip.seconds(), clips.score(file.toString(), clip));
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? report.json(top) + "\n" : report.text(top));
      out.flush();
      return 0;
    } catch (IOException e) {
      return failed(e);
    } catch (ScoringException e) {
      spec.commandLine().getErr().println(file + ": " + e.getMessage());
      return 1;
    }
  }

  private static List<Path> soundFiles(Path input) throws IOException {
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    try (Stream<Path> files = Files.walk(input)) {
      List<Path> found =
          files.filter(f -> Files.isRegularFile(f) && AudioFiles.isAudio(f)).sorted().toList();
      if (found.isEmpty()) {
        throw new IOException(input + " holds no file named " + AudioFiles.EXTENSIONS);
      }
      return found;
    }
  }

  private int failed(Exception e) {
    String message =
        e instanceof java.nio.file.NoSuchFileException
            ? e.getMessage() + ": there is no such file"
            : e.getMessage();
    spec.commandLine().getErr().println(message);
    return 1;
  }
}
