package io.tocsin.scoring.bundle;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A verified model bundle: a waveform backbone and a head, with labels and how to read them. */
public final class ModelBundle {

  /** The file that makes a folder a bundle. */
  public static final String MANIFEST = "bundle.yaml";

  private static final int FORMAT = 1;

  static final ObjectMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path folder;
  private final BundleManifest manifest;
  private final ModelRef ref;
  private final @Nullable SecondOpinionSpec secondOpinion;

  private ModelBundle(Path folder, BundleManifest manifest, String manifestDigest) {
    this.folder = folder;
    this.manifest = manifest;
    Map<String, String> digests = new HashMap<>(manifest.files());
    digests.put(MANIFEST, manifestDigest);
    this.ref = new ModelRef(manifest.id(), manifest.version(), Digests.ofFiles(digests));
    this.secondOpinion = secondOpinion(folder, manifest.secondOpinion());
  }

  private static @Nullable SecondOpinionSpec secondOpinion(
      Path folder, BundleManifest.@Nullable SecondOpinion said) {
    if (said == null) {
      return null;
    }
    Path bundle = folder.resolve(said.bundle()).normalize();
    return new SecondOpinionSpec(bundle, said.band().low(), said.band().high(), said.sample());
  }

  /**
   * Loads and verifies a bundle.
   *
   * @throws BundleException if the folder is no bundle, a file is missing or its digest differs
   */
  public static ModelBundle load(Path folder) {
    Path yaml = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(yaml)) {
      throw new BundleException(
          folder
              + " is no model bundle: it has no "
              + MANIFEST
              + "; make one with `tocsin bundle make`");
    }
    byte[] text;
    BundleManifest manifest;
    try {
      text = Files.readAllBytes(yaml);
      manifest = YAML.readValue(text, BundleManifest.class);
    } catch (IOException e) {
      // Jackson wraps what the manifest's own records refuse; theirs is the message that helps.
      String why = e.getCause() instanceof BundleException own ? own.getMessage() : e.getMessage();
      throw new BundleException(yaml + " cannot be used: " + why, e);
    }
    ModelBundle bundle = new ModelBundle(folder, manifest, Digests.sha256(text));
    bundle.check();
    return bundle;
  }

  /**
   * The second bundle, verified, if there is one: it hears the same windows and knows at least one
   * of this bundle's labels. What it says of second opinions itself is not followed.
   *
   * @throws BundleException if it cannot be used or does not go with this one
   */
  public Optional<ModelBundle> loadSecond() {
    if (secondOpinion == null) {
      return Optional.empty();
    }
    return Optional.of(SecondBundle.load(this, secondOpinion.bundle()));
  }

  private void check() {
    if (manifest.format() != FORMAT) {
      throw refused("format is " + manifest.format() + ", this build reads " + FORMAT);
    }
    if (!"waveform".equals(manifest.input().kind())) {
      throw refused("input kind is '" + manifest.input().kind() + "', this build reads waveform");
    }
    if (hopSamples() < 1 || hopSamples() > windowSamples() || sampleRateHertz() < 1) {
      throw refused(
          "window "
              + windowSamples()
              + ", hop "
              + hopSamples()
              + " and rate "
              + sampleRateHertz()
              + " do not go together");
    }
    for (String file : List.of(manifest.backbone().file(), manifest.head().file())) {
      if (!manifest.files().containsKey(file)) {
        throw refused("files lists no digest of " + file);
      }
    }
    for (LabelSpec label : manifest.labels()) {
      if (!manifest.head().outputs().contains(label.name())) {
        throw refused(
            "label " + label.name() + " is no output of the head " + manifest.head().outputs());
      }
    }
    manifest.files().forEach(this::checkDigest);
  }

  private void checkDigest(String name, String expected) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw refused(name + " is missing; fetch the bundle again");
    }
    try {
      String actual = Digests.sha256(file);
      if (!actual.equals(expected)) {
        throw refused(
            "sha256 of "
                + name
                + " is "
                + actual
                + ", "
                + MANIFEST
                + " says "
                + expected
                + "; fetch it again");
      }
    } catch (IOException e) {
      throw new BundleException("bundle " + ref + ": " + name + " cannot be read: " + e, e);
    }
  }

  BundleException refused(String why) {
    return new BundleException("bundle " + ref + " in " + folder + ": " + why);
  }

  /** Id, version and digest. */
  public ModelRef ref() {
    return ref;
  }

  /** Terms of the weights, as whoever made the bundle states them. */
  public String licence() {
    return manifest.licence();
  }

  /** Where the bundle lies. */
  public Path folder() {
    return folder;
  }

  /** Samples a second of the waveform that the backbone hears. */
  public int sampleRateHertz() {
    return manifest.input().sampleRateHertz();
  }

  /** Samples in a window. */
  public int windowSamples() {
    return manifest.input().windowSamples();
  }

  /** Samples from the start of one window to that of the next. */
  public int hopSamples() {
    return manifest.input().hopSamples();
  }

  /** The labels that become detections. */
  public List<LabelSpec> labels() {
    return manifest.labels();
  }

  /** Every output of the head, background classes included, in the head's order. */
  public List<String> outputs() {
    return manifest.head().outputs();
  }

  /** Labels of training indexes to labels of this bundle. */
  public Map<String, String> indexLabels() {
    Map<String, String> labels = manifest.indexLabels();
    return labels == null ? Map.of() : labels;
  }

  /** Which windows a second bundle scores as well, if any. */
  public Optional<SecondOpinionSpec> secondOpinion() {
    return Optional.ofNullable(secondOpinion);
  }

  /** The backbone's ONNX file: waveform [N, window] to embedding [N, dimension]. */
  public Path backboneFile() {
    return folder.resolve(manifest.backbone().file());
  }

  /** SHA-256 of the backbone's file: embeddings go with any head that was made for it. */
  public String backboneDigest() {
    return Objects.requireNonNull(
        manifest.files().get(manifest.backbone().file()), "checked when it was loaded");
  }

  /** Name of the backbone's input. */
  public String backboneInput() {
    return manifest.backbone().input();
  }

  /** Name of the backbone's embedding output. */
  public String embeddingOutput() {
    return manifest.backbone().embedding();
  }

  /** The head's ONNX file: embedding [N, dimension] to scores [N, outputs]. */
  public Path headFile() {
    return folder.resolve(manifest.head().file());
  }

  /** Name of the head's input. */
  public String headInput() {
    return manifest.head().input();
  }

  /** Name of the head's output. */
  public String headOutput() {
    return manifest.head().output();
  }
}
