package io.tocsin.scoring.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts a bundle together from a YAMNet backbone that the user has and a head that was trained on
 * its embeddings. A head names its backbone by digest and goes with no other.
 */
public final class BundleAssembly {

  private static final String HEAD_MANIFEST = "head.yaml";
  private static final int WINDOW_SAMPLES = 15_600;
  private static final int HOP_SAMPLES = 7_800;
  private static final int SAMPLE_RATE_HERTZ = 16_000;

  private BundleAssembly() {}

  /** The bundle that the project ships, in its home. */
  public static Path shipped(Path home) {
    return home.resolve("models/tocsin-student");
  }

  /**
   * The bundle that {@code given} stands for: a bundle folder as it is; a folder with one ONNX
   * file, or such a file, assembled once under {@code cache}.
   *
   * @param heads a folder of a head: head.yaml, its ONNX file, manifest.csv
   */
  public static Path resolve(Path given, Path heads, Path cache) {
    if (Files.isRegularFile(given.resolve(ModelBundle.MANIFEST))) {
      return given;
    }
    Path backbone = onnxFile(given);
    String name =
        "bundle-%.12s-%.12s".formatted(digest(backbone), digest(heads.resolve(HEAD_MANIFEST)));
    Path target = cache.resolve(name);
    if (!Files.isRegularFile(target.resolve(ModelBundle.MANIFEST))) {
      // Made beside and moved there as a whole: others may look at the same time.
      Path building = cache.resolve(name + "." + ProcessHandle.current().pid());
      make(backbone, heads, building);
      try {
        Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        if (!Files.isRegularFile(target.resolve(ModelBundle.MANIFEST))) {
          throw new BundleException("bundle " + target + " cannot be put in place: " + e, e);
        }
      }
    }
    return target;
  }

  /**
   * Makes a bundle in {@code target}; what was there is replaced.
   *
   * @throws BundleException if the head was trained on another backbone, or a file is missing
   */
  public static void make(Path backbone, Path head, Path target) {
    make(backbone, head, target, null);
  }

  /** As {@link #make(Path, Path, Path)}, with a second bundle where one is given. */
  public static void make(
      Path backbone, Path head, Path target, @Nullable SecondOpinionSpec secondOpinion) {
    try {
      JsonNode yaml = ModelBundle.YAML.readTree(Files.readString(head.resolve(HEAD_MANIFEST)));
      String digest = digest(backbone);
      String wanted = yaml.path("backboneSha256").asText();
      if (!digest.equals(wanted)) {
        throw new BundleException(
            "the head in "
                + head
                + " was trained on a backbone with sha256 "
                + wanted
                + "; "
                + backbone
                + " has "
                + digest
                + ": train a head for it with training/train_yamnet_head.py");
      }
      Files.createDirectories(target);
      String headFile = yaml.path("file").asText();
      copy(backbone, target.resolve("backbone.onnx"));
      copy(head.resolve(headFile), target.resolve("head.onnx"));
      copy(head.resolve("manifest.csv"), target.resolve("manifest.csv"));
      Files.writeString(
          target.resolve(ModelBundle.MANIFEST),
          ModelBundle.YAML.writeValueAsString(manifest(yaml, target, secondOpinion)));
    } catch (IOException e) {
      throw new BundleException(
          "no bundle can be made of " + backbone + " and " + head + ": " + e, e);
    }
  }

  private static ObjectNode manifest(
      JsonNode head, Path target, @Nullable SecondOpinionSpec secondOpinion) throws IOException {
    ObjectNode root = ModelBundle.YAML.createObjectNode();
    root.put("format", 1).put("id", "yamnet-distress");
    root.put("version", "1").put("licence", "backbone Apache-2.0; head Apache-2.0, see provenance");
    ObjectNode files = root.putObject("files");
    for (String name : new String[] {"backbone.onnx", "head.onnx", "manifest.csv"}) {
      files.put(name, Digests.sha256(target.resolve(name)));
    }
    root.putObject("input")
        .put("kind", "waveform")
        .put("sampleRateHertz", SAMPLE_RATE_HERTZ)
        .put("windowSamples", WINDOW_SAMPLES)
        .put("hopSamples", HOP_SAMPLES);
    root.putObject("backbone")
        .put("file", "backbone.onnx")
        .put("input", "waveform")
        .put("embedding", "embeddings");
    ObjectNode headNode = root.putObject("head");
    headNode.put("file", "head.onnx");
    headNode.set("input", head.path("input"));
    headNode.set("output", head.path("output"));
    headNode.set("outputs", head.path("outputs"));
    root.set("labels", head.path("labels"));
    root.set("indexLabels", head.path("indexLabels"));
    if (secondOpinion != null) {
      ObjectNode second = root.putObject("secondOpinion");
      second.put("bundle", beside(target, secondOpinion.bundle()));
      second.putObject("band").put("low", secondOpinion.low()).put("high", secondOpinion.high());
      second.put("sample", secondOpinion.sample());
    }
    root.set("provenance", head.path("provenance"));
    return root;
  }

  /** Relative, so that the two folders can be moved together. */
  static String beside(Path bundle, Path second) {
    Path from = bundle.toAbsolutePath().normalize();
    return from.relativize(second.toAbsolutePath().normalize()).toString().replace('\\', '/');
  }

  private static Path onnxFile(Path given) {
    if (Files.isRegularFile(given) && given.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return given;
    }
    if (Files.isDirectory(given)) {
      try (var files = Files.list(given)) {
        var onnx = files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
        if (onnx.size() == 1) {
          return onnx.get(0);
        }
      } catch (IOException e) {
        throw new BundleException(given + " cannot be listed: " + e, e);
      }
    }
    throw new BundleException(
        given
            + " is neither a bundle folder (with "
            + ModelBundle.MANIFEST
            + ") nor a YAMNet ONNX file, nor a folder with just one");
  }

  private static String digest(Path file) {
    try {
      return Digests.sha256(file);
    } catch (IOException e) {
      throw new BundleException(file + " cannot be read: " + e, e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
