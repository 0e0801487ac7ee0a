package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.cli.Answers;
import io.tocsin.scoring.cli.ClipWindows;
import io.tocsin.scoring.inference.Provider;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.inference.WindowScores;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Windows a second of bundles, side by side. */
@Command(
    name = "bundles",
    mixinStandardHelpOptions = true,
    description =
        "Windows per second of each bundle, waveform to scores, run by one thread; alternating, on"
            + " the windows of an index's clips.")
public final class BundlesBench implements Callable<Integer> {

  private static final int BATCH = 16;
  private static final int QUEUED = 8;
  private static final int MOST_CLIPS = 100;

  @Mixin private IndexOptions options = new IndexOptions();
  @Mixin private BundlesOption bundlesOption = new BundlesOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--windows",
      defaultValue = "5000",
      description = "Windows in a repetition; default ${DEFAULT-VALUE}.")
  private int windows;

  @Option(
      names = "--repetitions",
      defaultValue = "7",
      description = "Repetitions of each, after one that does not count; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** A bundle, its scorer and the windows that it hears. */
  private record Runner(ModelBundle bundle, WindowScorer scorer, List<short[]> heard) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (windows < 1 || repetitions < 1) {
      throw new IllegalArgumentException(
          "--windows " + windows + ", --repetitions " + repetitions + ": 1 or more are wanted");
    }
    List<Runner> runners = new ArrayList<>();
    try {
      List<IndexedClip> clips = options.read().clips();
      for (ModelBundle bundle : bundlesOption.load()) {
        runners.add(
            new Runner(
                bundle,
                SharedScorers.acquire(
                    bundle, new ScoringSettings(Provider.CPU, 1, BATCH, Duration.ZERO, QUEUED)),
                windows(bundle, clips.subList(0, Math.min(MOST_CLIPS, clips.size())))));
      }
      double[][] rates = new double[runners.size()][repetitions];
      for (int repetition = -1; repetition < repetitions; repetition++) {
        for (int i = 0; i < runners.size(); i++) {
          double rate = rate(runners.get(i));
          if (repetition >= 0) {
            rates[i][repetition] = rate;
          }
        }
      }
      print(runners, rates);
      return ExitCodes.DONE;
    } finally {
      runners.forEach(r -> r.scorer().close());
    }
  }

  private static List<short[]> windows(ModelBundle bundle, List<IndexedClip> clips)
      throws IOException {
    ClipWindows cutter = new ClipWindows(bundle);
    List<short[]> windows = new ArrayList<>();
    for (IndexedClip clip : clips) {
      cutter.of(clip.name(), AudioFiles.read(clip.file())).stream()
          .map(AudioWindow::samples)
          .forEach(windows::add);
    }
    return windows;
  }

  private double rate(Runner runner) throws InterruptedException {
    Deque<CompletableFuture<WindowScores>> asked = new ArrayDeque<>();
    long started = System.nanoTime();
    for (int i = 0; i < windows; i++) {
      asked.add(runner.scorer().score(runner.heard().get(i % runner.heard().size())));
      if (asked.size() > BATCH * QUEUED) {
        Answers.of(asked.remove());
      }
    }
    asked.forEach(Answers::of);
    return windows / ((System.nanoTime() - started) / 1e9);
  }

  private void print(List<Runner> runners, double[][] rates) {
    PrintWriter out = spec.commandLine().getOut();
    ArrayNode report = new ObjectMapper().createArrayNode();
    for (int i = 0; i < runners.size(); i++) {
      double[] sorted = rates[i].clone();
      Arrays.sort(sorted);
      double[] first = rates[0].clone();
      Arrays.sort(first);
      double median = sorted[sorted.length / 2];
      ObjectNode one = report.addObject().put("bundle", runners.get(i).bundle().ref().toString());
      one.put("windowsPerSecond", median).put("lowest", sorted[0]);
      one.put("highest", sorted[sorted.length - 1]);
      one.put("timesTheFirst", median / first[first.length / 2]);
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%s: %.0f windows/s (%.0f to %.0f), %.2f times the first%n",
            runners.get(i).bundle().ref(),
            median,
            sorted[0],
            sorted[sorted.length - 1],
            one.path("timesTheFirst").asDouble());
      }
    }
    if (json) {
      out.println(report.toPrettyString());
    }
    out.flush();
  }
}
