package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How well bundles hear what an index says is to be heard. */
@Command(
    name = "classifier",
    mixinStandardHelpOptions = true,
    description = {
      "Scores the clips of an index as a stream would, and says how well each label is told from"
          + " everything else: a clip counts by its best window.",
      "Intervals are 95 %, by resampling source groups. What the bundle's manifest.csv says it was"
          + " trained on is judged apart."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:judged",
      "1:some clip could not be read, or nothing could be judged",
      "2:the command line is wrong"
    })
public final class ClassifierVerb implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Seconds of a mixture, and of the sound in it at most. */
  private static final int MIXTURE_SECONDS = 3;

  private static final int SOUND_SECONDS = 1;

  @Mixin private IndexOptions options = new IndexOptions();
  @Mixin private BundlesOption bundlesOption = new BundlesOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--held-out",
      description = "Only clips that none of the bundles was trained on, by digest and by source.")
  private boolean heldOut;

  @Option(
      names = "--slices",
      paramLabel = "COLUMN",
      split = ",",
      defaultValue = "source,licence,snr",
      description = "Columns of the index by whose values to slice; default ${DEFAULT-VALUE}.")
  private List<String> slices = List.of();

  @Option(
      names = "--snr",
      paramLabel = "DB",
      split = ",",
      description =
          "Also judge each clip's loudest second at most, set into three seconds of background at"
              + " these signal-to-noise ratios: all labels with the same length, filling and level.")
  private List<Double> snrs = List.of();

  @Option(
      names = "--beds",
      paramLabel = "LABEL",
      split = ",",
      description = "Index labels of such background; default those of ESC-50 that go on.")
  private List<String> beds = Beds.USUAL;

  @Option(
      names = "--folds",
      paramLabel = "COLUMN",
      description =
          "Also the accuracy of a linear classifier of all index labels on the bundle's embeddings,"
              + " trained on all but one value of this column (such as esc_fold) in turn.")
  private @Nullable String folds;

  @Option(
      names = "--seed",
      defaultValue = "20261121",
      description = "Of mixtures and of the linear classifier; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON: an object, or an array of several bundles'.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    List<ModelBundle> bundles = bundlesOption.load();
    SoundIndex index = options.read();
    if (heldOut) {
      index = TrainedOn.of(bundles).heldOut(index);
    }
    MetricsTable table = new MetricsTable();
    ArrayNode reports = JSON.createArrayNode();
    Set<String> unread = new LinkedHashSet<>();
    for (ModelBundle bundle : bundles) {
      reports.add(report(bundle, index, table, unread));
    }
    unread.forEach(spec.commandLine().getErr()::println);
    print(reports, table);
    return unread.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private ObjectNode report(
      ModelBundle bundle, SoundIndex index, MetricsTable table, Set<String> unread)
      throws InterruptedException {
    ClassifierReport report =
        new ClassifierReport(bundle, LabelMap.of(bundle, options.map()), table);
    report.root().put("index", index.file().toString()).put("indexSha256", index.sha256());
    Hearing hearing = Hearing.of(bundle, index.clips(), Hearing.FILES);
    unread.addAll(hearing.unread());
    if (hearing.clips().isEmpty()) {
      throw new IllegalArgumentException("no clip of " + index.file() + " could be read");
    }
    report.judge(hearing, slices, TrainedOn.of(List.of(bundle)));
    List<IndexedClip> readable = hearing.clips().stream().map(ScoredClip::clip).toList();
    for (double snr : snrs) {
      report.judgeMixtures(
          String.format(Locale.ROOT, "%.3g", snr).replaceFirst("\\.?0+$", ""),
          Hearing.of(bundle, readable, mixtures(bundle, readable, snr)));
    }
    if (folds != null) {
      report.root().set("linearClassifier", LinearProbe.run(bundle, readable, folds, seed));
    }
    return report.root();
  }

  /** Deterministic: a clip's mixture depends on its name, the ratio and the seed alone. */
  private Hearing.Source mixtures(ModelBundle bundle, List<IndexedClip> clips, double snr) {
    int rate = bundle.sampleRateHertz();
    Beds background = new Beds(clips, Set.copyOf(beds), rate);
    if (background.isEmpty()) {
      throw new IllegalArgumentException(
          "no clip is labelled " + beds + " to be background; name others with --beds");
    }
    Mixture mixture = new Mixture(MIXTURE_SECONDS * rate, SOUND_SECONDS * rate);
    return clip -> {
      Random random = new Random(seed ^ (31L * clip.name().hashCode() + Double.hashCode(snr)));
      return mixture.of(
          AudioFiles.read(clip.file(), rate),
          bed(background, random, c -> !c.group().equals(clip.group())),
          snr,
          random);
    };
  }

  private static AudioClip bed(Beds beds, Random random, Predicate<IndexedClip> wanted)
      throws IOException {
    AudioClip bed = beds.any(random, wanted);
    if (bed == null) {
      throw new IOException("there is no background of another source");
    }
    return bed;
  }

  private void print(ArrayNode reports, MetricsTable table) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonNode shown = reports.size() == 1 ? reports.path(0) : reports;
      out.println(shown.toPrettyString());
    } else {
      table.lines().forEach(out::println);
      for (JsonNode report : reports) {
        JsonNode probe = report.path("linearClassifier");
        if (!probe.isMissingNode()) {
          out.printf(
              Locale.ROOT,
              "%n%s: linear classifier of %d labels, %d clips, by %s: accuracy %.3f%n",
              report.path("bundle").asText(),
              probe.path("labels").asInt(),
              probe.path("n").asInt(),
              probe.path("column").asText(),
              probe.path("accuracy").asDouble());
        }
      }
    }
    out.flush();
  }
}
