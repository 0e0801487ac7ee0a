package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.BundleRevision;
import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Platt;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.evaluate.GroupFolds;
import io.tocsin.scoring.evaluate.LabelMetrics;
import io.tocsin.stack.cli.ExitCodes;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.tribuo.Tribuo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tocsin train-head}: a head of a user's own sounds on a bundle's embeddings. */
@Command(
    name = "train-head",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a head on a bundle's embeddings of the clips of an index, and makes a bundle with it:"
          + " one logistic regression a label, on the clips' own windows and on mixtures of them with"
          + " background.",
      "What it prints, and the thresholds and probabilities of the bundle, are from clips that the"
          + " head in question has not seen: cross-validation by source group. The bundle's own head"
          + " is trained on all clips."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the bundle is made",
      "1:some clip could not be read, or the bundle cannot be made",
      "2:the command line is wrong"
    })
public final class TrainHeadVerb implements Callable<Integer> {

  private static final float OFF_SHARE = 0.5f;

  @Mixin private IndexOptions options = new IndexOptions();
  @Mixin private BundlesOption bundlesOption = new BundlesOption();
  @Mixin private OutOptions outOptions = new OutOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--folds",
      defaultValue = "5",
      paramLabel = "N",
      description = "Folds of the cross-validation; default ${DEFAULT-VALUE}.")
  private int folds;

  @Option(
      names = "--mixes",
      defaultValue = "6",
      paramLabel = "N",
      description =
          "Mixtures of each clip with background to learn from; default ${DEFAULT-VALUE}.")
  private int mixes;

  @Option(
      names = "--beds",
      paramLabel = "LABEL",
      split = ",",
      description = "Index labels of such background; default those of ESC-50 that go on.")
  private List<String> beds = Beds.USUAL;

  @Option(
      names = "--epochs",
      defaultValue = "20",
      paramLabel = "N",
      description = "Times that every window is learnt from; default ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.02",
      paramLabel = "RATE",
      description = "Of AdaGrad; default ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--minibatch",
      defaultValue = "16",
      paramLabel = "N",
      description = "Windows in a step; default ${DEFAULT-VALUE}.")
  private int minibatch;

  @Option(
      names = "--seed",
      defaultValue = "20261121",
      description = "Of mixtures and of the order of learning; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    ModelBundle base = OutOptions.one(bundlesOption.load());
    SoundIndex index = options.read();
    LabelMap possible = LabelMap.of(base, options.map(), LabelMap.possible(base, options.map()));
    List<String> labels = labels(index, possible);
    LabelMap map = LabelMap.of(base, options.map(), labels);
    Reading reading = outOptions.reading(labels);
    List<String> name = outOptions.name(base.ref().id() + "-head@1");
    HeadTraining training = new HeadTraining(epochs, learningRate, minibatch, seed);
    Map<String, Integer> foldOf = GroupFolds.deal(members(index, map), folds);

    Lessons.All taught =
        Lessons.of(base, index.clips(), map, new Lessons.Making(mixes, beds, seed, foldOf));
    taught.unread().forEach(spec.commandLine().getErr()::println);
    CrossValidation validation =
        CrossValidation.of(taught.clips(), foldOf, folds, labels, training);
    LinearHead head = training.head(CrossValidation.lessons(taught.clips()), labels);

    ObjectNode report = new ObjectMapper().createObjectNode();
    MetricsTable table = new MetricsTable();
    ObjectNode labelNodes = report.putObject("labels");
    ObjectNode readingNodes = report.putObject("reading");
    List<LabelSpec> specs = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      specs.add(
          judged(
              i, labels.get(i), validation, map, reading, name, labelNodes, readingNodes, table));
    }
    report.put("clips", taught.clips().size()).put("folds", folds);
    report.put("windows", CrossValidation.lessons(taught.clips()).size());
    ArrayNode notHeard = report.putArray("foldsNotJudged");
    validation.notHeard().forEach(notHeard::add);
    ArrayNode unread = report.putArray("unread");
    taught.unread().forEach(unread::add);

    ModelBundle made = write(base, name, head, specs, index, taught.clips(), report);
    report.put("bundle", made.ref().toString()).put("digest", made.ref().digest());
    report.put("folder", made.folder().toString());
    print(report, table, made);
    return taught.unread().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private static List<String> labels(SoundIndex index, LabelMap map) {
    TreeSet<String> labels = new TreeSet<>();
    for (IndexedClip clip : index.clips()) {
      String label = map.labelOf(clip);
      if (label != null) {
        labels.add(label);
      }
    }
    if (labels.isEmpty()) {
      throw new IllegalArgumentException(
          "no clip of "
              + index.file()
              + " has a label that is one of "
              + map.labels()
              + "; say what the index's labels are with --map INDEX=LABEL");
    }
    return List.copyOf(labels);
  }

  private static List<GroupFolds.Member> members(SoundIndex index, LabelMap map) {
    return index.clips().stream()
        .map(
            clip -> {
              String label = map.labelOf(clip);
              return new GroupFolds.Member(
                  clip.group(), label == null ? "background: " + clip.label() : label);
            })
        .toList();
  }

  private static LabelSpec judged(
      int output,
      String label,
      CrossValidation validation,
      LabelMap map,
      Reading reading,
      List<String> name,
      ObjectNode labelNodes,
      ObjectNode readingNodes,
      MetricsTable table) {
    // What a fresh logistic regression says is a probability as it is.
    LabelSpec raw = new LabelSpec(label, new Platt(1, 0), 0.5f, 0.5f * OFF_SHARE, 1, 0, null);
    Judged judged =
        Judged.of(label, output, validation.heard(), map, raw.calibration()::probability);
    LabelSpec spec =
        reading.of(
            raw,
            judged,
            Reading.negativeWindows(label, output, validation.heard(), map),
            readingNodes.putObject(label));
    LabelMetrics metrics = LabelNodes.all(labelNodes.putObject(label), judged, spec);
    table.add(String.join("@", name), "clips not seen", label, metrics);
    return spec;
  }

  private ModelBundle write(
      ModelBundle base,
      List<String> name,
      LinearHead head,
      List<LabelSpec> labels,
      SoundIndex index,
      List<Lessons> clips,
      ObjectNode report) {
    byte[] manifest = TrainingManifest.of(clips.stream().map(Lessons::clip).toList());
    Map<String, Object> settings = new HashMap<>(options.asSettings());
    settings.putAll(outOptions.asSettings());
    settings.putAll(
        Map.of(
            "folds",
            folds,
            "mixes",
            mixes,
            "beds",
            beds,
            "epochs",
            epochs,
            "learningRate",
            learningRate,
            "minibatch",
            minibatch,
            "seed",
            seed));
    ObjectNode provenance = Provenance.of("tocsin train-head", base, index, settings);
    provenance.put("manifestSha256", Digests.sha256(manifest));
    provenance.put("library", "Tribuo " + Tribuo.VERSION);
    provenance.set("metrics", report.path("labels").deepCopy());
    Map<String, String> indexLabels = new HashMap<>(base.indexLabels());
    indexLabels.putAll(options.map());
    indexLabels.values().retainAll(head.labels());
    return new BundleRevision(
            base,
            name.get(0),
            name.get(1),
            "backbone: "
                + base.licence()
                + "; head: trained on clips under "
                + String.join(", ", TrainingManifest.licences(clips))
                + " (manifest.csv)",
            new BundleRevision.Head(
                head.onnx(), LinearHead.INPUT, LinearHead.OUTPUT, head.labels()),
            labels,
            indexLabels,
            Map.of(TrainedOn.MANIFEST, manifest),
            provenance)
        .write(outOptions.out());
  }

  private void print(ObjectNode report, MetricsTable table, ModelBundle made) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report.toPrettyString());
    } else {
      out.printf("%s in %s%n", made.ref(), made.folder());
      table.lines().forEach(out::println);
      report.path("foldsNotJudged").forEach(why -> out.println(why.asText()));
    }
    out.flush();
  }
}
