package io.tocsin.stack.classifier;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.evaluate.CalibrationFit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What becomes of a bundle, and how its scores are to be read. */
final class OutOptions {

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the new bundle; what is there is replaced.")
  private Path out = Path.of("");

  @Option(
      names = "--as",
      paramLabel = "ID@VERSION",
      description =
          "What the new bundle calls itself; default the given one's id and version, with"
              + " what was done to it.")
  private @Nullable String as;

  @Option(
      names = "--kind",
      defaultValue = "platt",
      description =
          "Calibration: ${COMPLETION-CANDIDATES}; isotonic wants hundreds of clips of a label."
              + " Default ${DEFAULT-VALUE}.")
  private CalibrationFit kind = CalibrationFit.PLATT;

  @Option(
      names = "--false-positive-rate",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "Share of windows of other sounds that may reach a label's threshold; default"
              + " ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--rate",
      paramLabel = "LABEL=SHARE",
      description = "The same for one label. May be repeated.")
  private Map<String, Double> rates = new LinkedHashMap<>();

  Path out() {
    return out;
  }

  /**
   * Id and version, in this order.
   *
   * @param otherwise where the option does not say
   */
  List<String> name(String otherwise) {
    String name = as == null ? otherwise : as;
    int at = name.lastIndexOf('@');
    if (at < 1 || at == name.length() - 1) {
      throw new IllegalArgumentException("--as is '" + name + "'; ID@VERSION is wanted");
    }
    return List.of(name.substring(0, at), name.substring(at + 1));
  }

  /** The one bundle that is given. */
  static ModelBundle one(List<ModelBundle> bundles) {
    if (bundles.size() != 1) {
      throw new IllegalArgumentException(
          "--bundle names " + bundles.size() + " bundles; one is wanted");
    }
    return bundles.get(0);
  }

  /**
   * How scores are to be read.
   *
   * @throws IllegalArgumentException if a rate is none, or is for a label that there is not
   */
  Reading reading(List<String> labels) {
    Map<String, Double> all = new LinkedHashMap<>(rates);
    all.forEach(
        (label, share) -> {
          if (!labels.contains(label)) {
            throw new IllegalArgumentException(
                "--rate names " + label + "; the labels are " + labels);
          }
        });
    all.put("", rate);
    all.values()
        .forEach(
            share -> {
              if (!(share >= 0 && share < 1)) {
                throw new IllegalArgumentException(
                    "a false-positive rate is " + share + "; a share from 0 to 1 is wanted");
              }
            });
    return new Reading(kind, Map.copyOf(all));
  }

  /** How the options read, for a record of what was done. */
  Map<String, Object> asSettings() {
    return Map.of("calibration", kind.name(), "falsePositiveRate", rate, "rates", rates);
  }
}
