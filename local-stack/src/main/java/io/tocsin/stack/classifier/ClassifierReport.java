package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.evaluate.LabelMetrics;
import io.tocsin.scoring.evaluate.OperatingPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is said of one bundle, as JSON and as lines of a table. */
final class ClassifierReport {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALL = "all clips";

  private final ModelBundle bundle;
  private final LabelMap map;
  private final MetricsTable table;
  private final ObjectNode root = JSON.createObjectNode();

  ClassifierReport(ModelBundle bundle, LabelMap map, MetricsTable table) {
    this.bundle = bundle;
    this.map = map;
    this.table = table;
    root.put("bundle", bundle.ref().toString()).put("digest", bundle.ref().digest());
  }

  ObjectNode root() {
    return root;
  }

  /** The labels' figures on all clips, with slices by columns and by what was trained on. */
  void judge(Hearing hearing, List<String> columns, TrainedOn trained) {
    root.put("clips", hearing.clips().size());
    ArrayNode unread = root.putArray("unread");
    hearing.unread().forEach(unread::add);
    List<Judged> all = judged(hearing);
    List<OperatingPoint> points = labels(root.putObject("labels"), ALL, all);
    Set<String> known =
        hearing.clips().stream()
            .map(ScoredClip::clip)
            .filter(trained::holds)
            .map(IndexedClip::name)
            .collect(Collectors.toUnmodifiableSet());
    ObjectNode slices = root.putObject("slices");
    if (trained.stated()) {
      root.put("clipsTrainedOn", known.size());
      if (!known.isEmpty() && known.size() < hearing.clips().size()) {
        ObjectNode node = slices.putObject("trainedOn");
        labels(
            node.putObject("yes"),
            "trained on",
            all.stream().map(j -> j.only(c -> known.contains(c.name()))).toList());
        labels(
            node.putObject("no"),
            "not trained on",
            all.stream().map(j -> j.only(c -> !known.contains(c.name()))).toList());
      }
    } else {
      root.putNull("clipsTrainedOn");
      root.put("clipsTrainedOnReason", "the bundle has no " + TrainedOn.MANIFEST);
    }
    for (String column : columns) {
      slice(slices, column, hearing, all, points);
    }
  }

  /** The labels' figures of mixtures at one signal-to-noise ratio. */
  void judgeMixtures(String snrDecibels, Hearing hearing) {
    ObjectNode slices = (ObjectNode) root.path("slices");
    labels(
        slices.withObject("/mixtureSnr").putObject(snrDecibels),
        snrDecibels + " dB",
        judged(hearing));
  }

  private List<Judged> judged(Hearing hearing) {
    List<Judged> all = new ArrayList<>();
    for (LabelSpec label : bundle.labels()) {
      int output = bundle.outputs().indexOf(label.name());
      all.add(
          Judged.of(label.name(), output, hearing.clips(), map, label.calibration()::probability));
    }
    return all;
  }

  private List<OperatingPoint> labels(ObjectNode node, String of, List<Judged> judged) {
    List<OperatingPoint> points = new ArrayList<>();
    for (int i = 0; i < judged.size(); i++) {
      Judged one = judged.get(i);
      LabelMetrics metrics =
          LabelNodes.all(node.putObject(one.label()), one, bundle.labels().get(i));
      table.add(bundle.ref().toString(), of, one.label(), metrics);
      OperatingPoint point = metrics.at1pct();
      points.add(point == null ? one.at(Double.POSITIVE_INFINITY) : point);
    }
    return points;
  }

  /** The slice's positives against all negatives; its negatives at the threshold for all. */
  private static void slice(
      ObjectNode slices,
      String column,
      Hearing hearing,
      List<Judged> all,
      List<OperatingPoint> points) {
    Set<String> values = new TreeSet<>();
    hearing.clips().forEach(c -> values.add(c.clip().column(column)));
    values.remove("");
    if (values.isEmpty()) {
      return;
    }
    ObjectNode node = slices.putObject(column);
    for (String value : values) {
      ObjectNode one = node.putObject(value);
      for (int i = 0; i < all.size(); i++) {
        Judged positives = all.get(i).positivesOf(c -> c.column(column).equals(value));
        Judged own = all.get(i).only(c -> c.column(column).equals(value));
        ObjectNode label = one.putObject(all.get(i).label());
        LabelNodes.figures(label, positives.metrics());
        long negatives = own.clips().stream().filter(c -> !c.positive()).count();
        label.put("negativesOfSlice", negatives);
        LabelNodes.put(
            label,
            "falsePositiveRateOfSlice",
            negatives == 0 ? null : (Double) own.at(points.get(i).threshold()).falsePositiveRate());
      }
    }
  }
}
