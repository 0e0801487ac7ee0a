package io.tocsin.scoring.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Isotonic;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Platt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A bundle that is another one but for its head or the reading of its scores.
 *
 * @param base whose backbone, input and remaining files it takes over
 * @param head null to keep the base's
 * @param indexLabels labels of indexes to labels of the bundle
 * @param files more files by name, such as manifest.csv; they replace those of the base
 * @param provenance how it came to be
 */
public record BundleRevision(
    ModelBundle base,
    String id,
    String version,
    String licence,
    @Nullable Head head,
    List<LabelSpec> labels,
    Map<String, String> indexLabels,
    Map<String, byte[]> files,
    JsonNode provenance) {

  private static final String HEAD_FILE = "head.onnx";

  /**
   * A head: embedding [N, dimension] to scores [N, outputs].
   *
   * @param onnx the file's content
   * @param input name of the graph's input
   * @param output name of the graph's output
   * @param outputs the names of its columns
   */
  public record Head(byte[] onnx, String input, String output, List<String> outputs) {}

  /** How the base itself came to be, as it says. */
  public static @Nullable JsonNode provenanceOf(ModelBundle bundle) {
    return yaml(bundle).get("provenance");
  }

  /**
   * Writes it to {@code target}, bundle.yaml last; what is there is replaced.
   *
   * @return the bundle, verified
   * @throws BundleException if it cannot be written, or is to replace its own base
   */
  public ModelBundle write(Path target) {
    if (target.toAbsolutePath().normalize().equals(base.folder().toAbsolutePath().normalize())) {
      throw new BundleException(
          "bundle " + base.ref() + " in " + target + " cannot replace itself; name another folder");
    }
    ObjectNode root = yaml(base);
    try {
      Files.createDirectories(target);
      Map<String, String> digests = new TreeMap<>();
      Map<String, byte[]> written = new TreeMap<>(files);
      String headBefore = root.path("head").path("file").asText();
      if (head != null) {
        written.put(HEAD_FILE, head.onnx());
      }
      for (Map.Entry<String, JsonNode> file : root.path("files").properties()) {
        String name = file.getKey();
        if (!written.containsKey(name) && !(head != null && name.equals(headBefore))) {
          Path to = target.resolve(name);
          Files.createDirectories(to.toAbsolutePath().getParent());
          Files.copy(base.folder().resolve(name), to, StandardCopyOption.REPLACE_EXISTING);
          digests.put(name, file.getValue().asText());
        }
      }
      for (Map.Entry<String, byte[]> file : written.entrySet()) {
        Files.write(target.resolve(file.getKey()), file.getValue());
        digests.put(file.getKey(), Digests.sha256(file.getValue()));
      }
      revise(root, digests, target);
      Files.writeString(
          target.resolve(ModelBundle.MANIFEST), ModelBundle.YAML.writeValueAsString(root));
    } catch (IOException e) {
      throw new BundleException("bundle " + id + " cannot be written to " + target + ": " + e, e);
    }
    return ModelBundle.load(target);
  }

  private void revise(ObjectNode root, Map<String, String> digests, Path target) {
    root.put("id", id).put("version", version).put("licence", licence);
    ObjectNode filesNode = root.putObject("files");
    digests.forEach(filesNode::put);
    if (head != null) {
      ObjectNode node = root.putObject("head");
      node.put("file", HEAD_FILE).put("input", head.input()).put("output", head.output());
      ArrayNode outputs = node.putArray("outputs");
      head.outputs().forEach(outputs::add);
    }
    ArrayNode labelNodes = root.putArray("labels");
    labels.forEach(label -> write(label, labelNodes.addObject()));
    ObjectNode map = root.putObject("indexLabels");
    new TreeMap<>(indexLabels).forEach(map::put);
    base.secondOpinion()
        .ifPresent(
            second ->
                ((ObjectNode) root.path("secondOpinion"))
                    .put("bundle", BundleAssembly.beside(target, second.bundle())));
    root.set("provenance", provenance);
  }

  private static void write(LabelSpec label, ObjectNode node) {
    node.put("name", label.name());
    ObjectNode calibration = node.putObject("calibration");
    if (label.calibration() instanceof Platt platt) {
      calibration.put("kind", "platt").put("a", platt.a()).put("b", platt.b());
    } else if (label.calibration() instanceof Isotonic isotonic) {
      calibration.put("kind", "isotonic");
      ArrayNode scores = calibration.putArray("scores");
      isotonic.scores().forEach(scores::add);
      ArrayNode probabilities = calibration.putArray("probabilities");
      isotonic.probabilities().forEach(probabilities::add);
    }
    node.put("onThreshold", label.onThreshold()).put("offThreshold", label.offThreshold());
    node.put("minimumWindows", label.minimumWindows()).put("mergeWindows", label.mergeWindows());
    if (label.falsePositiveRate() != null) {
      node.put("falsePositiveRate", label.falsePositiveRate());
    }
  }

  private static ObjectNode yaml(ModelBundle bundle) {
    Path file = bundle.folder().resolve(ModelBundle.MANIFEST);
    try {
      return (ObjectNode) ModelBundle.YAML.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new BundleException(file + " cannot be read: " + e, e);
    }
  }
}
