package io.tocsin.scoring.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small bundle folder; its ONNX files hold a word each, unless others are given. */
public final class TinyBundle {

  public static final int RATE = 1_000;
  public static final int WINDOW = 100;
  public static final int HOP = 50;

  private TinyBundle() {}

  /**
   * Labels glass (on 0.6, off 0.3) and cry (on 0.5, off 0.25, two windows at least), background.
   */
  public static ModelBundle in(Path folder) {
    return ModelBundle.load(write(folder, ""));
  }

  /** As {@link #in}, with stretches of glass merged. */
  public static ModelBundle merging(Path folder, int mergeWindows) {
    Path manifest = write(folder, "").resolve(ModelBundle.MANIFEST);
    try {
      String yaml = Files.readString(manifest);
      Files.writeString(
          manifest,
          yaml.replace(
              "offThreshold: 0.3}", "offThreshold: 0.3, mergeWindows: " + mergeWindows + "}"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return ModelBundle.load(folder);
  }

  /** As {@link #in}, not loaded. {@code more} is appended to bundle.yaml. */
  static Path write(Path folder, String more) {
    try {
      return write(folder, "backbone".getBytes(UTF_8), "head".getBytes(UTF_8), more);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** As {@link #in}, not loaded, with ONNX files that run. */
  public static Path write(Path folder, byte[] backbone, byte[] head) {
    try {
      return write(folder, backbone, head, "");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Path write(Path folder, byte[] backbone, byte[] head, String more)
      throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("backbone.onnx"), backbone);
    Files.write(folder.resolve("head.onnx"), head);
    Files.writeString(folder.resolve(ModelBundle.MANIFEST), yaml(folder) + more);
    return folder;
  }

  private static String yaml(Path folder) throws IOException {
    return """
        format: 1
        id: tiny
        version: "7"
        licence: none
        files:
          backbone.onnx: %s
          head.onnx: %s
        input: {kind: waveform, sampleRateHertz: %d, windowSamples: %d, hopSamples: %d}
        backbone: {file: backbone.onnx, input: waveform, embedding: embeddings}
        head: {file: head.onnx, input: embedding, output: p, outputs: [glass, background, cry]}
        labels:
          - {name: glass, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.3}
          - {name: cry, calibration: {kind: platt, a: 2, b: 0}, onThreshold: 0.5, offThreshold: 0.25, minimumWindows: 2}
        """
        .formatted(
            Digests.sha256(folder.resolve("backbone.onnx")),
            Digests.sha256(folder.resolve("head.onnx")),
            RATE,
            WINDOW,
            HOP);
  }
}
