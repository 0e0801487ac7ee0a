package io.tocsin.scoring.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.audio.AudioClip;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringException;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tocsin embed}: the backbone's embeddings of sound files, as an edge device makes them. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {
      "Embeds WAV, FLAC and Ogg files, or all of a folder, with a model bundle's backbone.",
      "Prints a line for each window; the embeddings themselves with --json or --out."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every file was embedded",
      "1:some file could not be read or embedded, or the bundle cannot be used",
      "2:the command line is wrong"
    })
public final class EmbedCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MICROS_PER_SECOND = 1e6;

  @Mixin private SoundInputs inputs = new SoundInputs();

  @Mixin private BundleArgument bundleArgument = new BundleArgument();

  @ArgGroup private Form form = new Form();

  @Spec private CommandSpec spec;

  /** At most one of them. */
  private static final class Form {

    @Option(names = "--json", description = "Print JSON, an object a line for each file.")
    private boolean json;

    @Option(
        names = "--out",
        paramLabel = "FILE.npy",
        description = "Write a NumPy matrix, float32, a row for each window; print which is which.")
    private @Nullable Path out;
  }

  @SuppressWarnings("NullAway.Init") // picocli sets spec.
  public EmbedCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    PrintWriter err = spec.commandLine().getErr();
    try {
      ModelBundle bundle = bundleArgument.load();
      try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
        return form.out == null
            ? embedAll(bundle, scorer, null)
            : embedInto(form.out, bundle, scorer);
      }
    } catch (BundleException | ScoringException e) {
      err.println(e.getMessage());
      return 1;
    }
  }

  private int embedInto(Path file, ModelBundle bundle, WindowScorer scorer)
      throws InterruptedException {
    try (NpyMatrix matrix = new NpyMatrix(file)) {
      int worst = embedAll(bundle, scorer, matrix);
      matrix.finish();
      return worst;
    } catch (IOException e) {
      spec.commandLine().getErr().println(file + " cannot be written: " + e);
      return 1;
    }
  }

  private int embedAll(ModelBundle bundle, WindowScorer scorer, @Nullable NpyMatrix matrix)
      throws InterruptedException {
    ClipWindows clips = new ClipWindows(bundle);
    PrintWriter out = spec.commandLine().getOut();
    return inputs.each(
        spec.commandLine().getErr(),
        (file, clip) -> {
          List<AudioWindow> windows = clips.of(file.toString(), clip);
          List<float[]> embeddings = embeddings(windows, scorer);
          out.print(
              form.json
                  ? json(bundle, file, clip, windows, embeddings) + "\n"
                  : text(bundle, file, clip, windows, embeddings, matrix));
          out.flush();
        });
  }

  private static List<float[]> embeddings(List<AudioWindow> windows, WindowScorer scorer)
      throws InterruptedException {
    List<CompletableFuture<float[]>> answers = new ArrayList<>(windows.size());
    for (AudioWindow window : windows) {
      answers.add(scorer.embed(window.samples()));
    }
    return answers.stream().map(Answers::of).toList();
  }

  private static String json(
      ModelBundle bundle,
      Path file,
      AudioClip clip,
      List<AudioWindow> windows,
      List<float[]> embeddings) {
    ObjectNode root = JSON.createObjectNode();
    root.put("file", file.toString()).put("seconds", clip.seconds());
    root.putObject("model")
        .put("id", bundle.ref().id())
        .put("version", bundle.ref().version())
        .put("digest", bundle.ref().digest());
    ArrayNode array = root.putArray("windows");
    for (int i = 0; i < windows.size(); i++) {
      ObjectNode window = array.addObject().put("startSeconds", startSeconds(windows.get(i)));
      ArrayNode numbers = window.putArray("embedding");
      for (float number : embeddings.get(i)) {
        numbers.add(number);
      }
    }
    return root.toString();
  }

  private static String text(
      ModelBundle bundle,
      Path file,
      AudioClip clip,
      List<AudioWindow> windows,
      List<float[]> embeddings,
      @Nullable NpyMatrix matrix)
      throws IOException {
    StringBuilder text = new StringBuilder();
    line(text, "%s  %.2f s, %d windows, %s", file, clip.seconds(), windows.size(), bundle.ref());
    for (int i = 0; i < windows.size(); i++) {
      float[] embedding = embeddings.get(i);
      line(
          text,
          "  window %8.2f s  %d numbers of length %.3f%s",
          startSeconds(windows.get(i)),
          embedding.length,
          length(embedding),
          matrix == null ? "" : "  row " + matrix.add(embedding));
    }
    return text.toString();
  }

  private static double length(float[] embedding) {
    double squares = 0;
    for (float number : embedding) {
      squares += (double) number * number;
    }
    return Math.sqrt(squares);
  }

  private static double startSeconds(AudioWindow window) {
    return window.startMicros() / MICROS_PER_SECOND;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
