package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.BundleRevision;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.demo.TextTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tocsin calibrate}: thresholds and probabilities of a bundle, set on a user's own clips.
 */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a bundle whose probabilities and thresholds fit the clips of an index: a threshold for"
          + " each label that the stated share of windows of other sounds may reach, and a"
          + " probability for the best score of a clip.",
      "Probabilities hold where sounds are as frequent as in the index. Clips that the bundle was"
          + " trained on make both too hopeful: leave them out with --held-out."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the bundle is made",
      "1:some clip could not be read, or the bundle cannot be made",
      "2:the command line is wrong"
    })
public final class CalibrateVerb implements Callable<Integer> {

  @Mixin private IndexOptions options = new IndexOptions();
  @Mixin private BundlesOption bundlesOption = new BundlesOption();
  @Mixin private OutOptions outOptions = new OutOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--held-out",
      description = "Only clips that the bundle was not trained on, by digest and by source.")
  private boolean heldOut;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    ModelBundle bundle = OutOptions.one(bundlesOption.load());
    Reading reading = outOptions.reading(bundle.labels().stream().map(LabelSpec::name).toList());
    List<String> name =
        outOptions.name(bundle.ref().id() + "@" + bundle.ref().version() + "-calibrated");
    TrainedOn trained = TrainedOn.of(List.of(bundle));
    SoundIndex index = options.read();
    if (heldOut) {
      index = trained.heldOut(index);
    }
    LabelMap map = LabelMap.of(bundle, options.map());
    Hearing hearing = Hearing.of(bundle, index.clips(), Hearing.FILES);
    hearing.unread().forEach(spec.commandLine().getErr()::println);
    if (hearing.clips().isEmpty()) {
      throw new IllegalArgumentException("no clip of " + index.file() + " could be read");
    }
    ObjectNode report = new ObjectMapper().createObjectNode();
    ObjectNode labelNodes = report.putObject("labels");
    List<LabelSpec> labels = new ArrayList<>();
    for (LabelSpec label : bundle.labels()) {
      int output = bundle.outputs().indexOf(label.name());
      Judged judged =
          Judged.of(label.name(), output, hearing.clips(), map, label.calibration()::probability);
      labels.add(
          reading.of(
              label,
              judged,
              Reading.negativeWindows(label.name(), output, hearing.clips(), map),
              labelNodes.putObject(label.name())));
    }
    ModelBundle made = write(bundle, name, labels, index, report);
    report.put("bundle", made.ref().toString()).put("digest", made.ref().digest());
    report.put("folder", made.folder().toString()).put("clips", hearing.clips().size());
    long known = hearing.clips().stream().filter(c -> trained.holds(c.clip())).count();
    report.put("clipsTrainedOn", trained.stated() ? (Long) known : null);
    print(report);
    return hearing.unread().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private ModelBundle write(
      ModelBundle bundle,
      List<String> name,
      List<LabelSpec> labels,
      SoundIndex index,
      ObjectNode report) {
    Map<String, Object> settings = new HashMap<>(options.asSettings());
    settings.putAll(outOptions.asSettings());
    settings.put("heldOut", heldOut);
    ObjectNode provenance = Provenance.of("tocsin calibrate", bundle, index, settings);
    provenance.set("labels", report.path("labels").deepCopy());
    Map<String, String> indexLabels = new HashMap<>(bundle.indexLabels());
    indexLabels.putAll(options.map());
    return new BundleRevision(
            bundle,
            name.get(0),
            name.get(1),
            bundle.licence(),
            null,
            labels,
            indexLabels,
            Map.of(),
            provenance)
        .write(outOptions.out());
  }

  private void print(ObjectNode report) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report.toPrettyString());
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(
          List.of(
              "label",
              "clips",
              "calibration",
              "error before",
              "error after, on other sources",
              "on",
              "recall of clips",
              "false positive clips",
              "why not"));
      for (Map.Entry<String, JsonNode> label : report.path("labels").properties()) {
        JsonNode of = label.getValue();
        rows.add(
            List.of(
                label.getKey(),
                of.path("n").asText(),
                of.path("calibration").asText(),
                figure(of.path("calibrationErrorBefore")),
                figure(of.path("calibrationErrorCrossFitted")),
                figure(of.path("onThreshold")),
                figure(of.path("recallOfClips")),
                figure(of.path("falsePositiveClips")),
                of.path("reason").asText("")));
      }
      out.printf("%s in %s%n", report.path("bundle").asText(), report.path("folder").asText());
      TextTable.lines(rows).forEach(out::println);
      if (report.path("clipsTrainedOn").asLong() > 0) {
        out.printf(
            "%s of %s clips were in the bundle's training: use --held-out for honest figures%n",
            report.path("clipsTrainedOn").asText(), report.path("clips").asText());
      }
    }
    out.flush();
  }

  private static String figure(JsonNode node) {
    return node.isNumber() ? String.format(Locale.ROOT, "%.3f", node.asDouble()) : "-";
  }
}
