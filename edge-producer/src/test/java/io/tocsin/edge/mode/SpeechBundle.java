package io.tocsin.edge.mode;

import io.tocsin.scoring.bundle.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A real model that can be read: windows of 100 ms at 8 kHz, 50 ms apart. What is loud in a
 * window's first quarter is speech, what is loud in the others is glass.
 */
final class SpeechBundle {

  static final int RATE_HERTZ = 8_000;
  static final int WINDOW = 800;
  static final int HOP = 400;
  static final long WINDOW_MICROS = 100_000;

  private static final Path GRAPHS = Path.of("../stream-jobs/src/test/resources/tiny-bundle");

  private SpeechBundle() {}

  /** One that tells speech. */
  static Path write(Path folder) {
    return write(folder, "speech");
  }

  /** One that calls speech by another name. */
  static Path write(Path folder, String speech) {
    try {
      Files.createDirectories(folder);
      Path backbone = folder.resolve("backbone.onnx");
      Path head = folder.resolve("head.onnx");
      Files.copy(GRAPHS.resolve("backbone.onnx"), backbone);
      Files.copy(GRAPHS.resolve("other-head.onnx"), head);
      Files.writeString(
          folder.resolve("bundle.yaml"),
          """
          format: 1
          id: tiny
          version: "2"
          licence: CC0-1.0
          files: {backbone.onnx: %s, head.onnx: %s}
          input: {kind: waveform, sampleRateHertz: 8000, windowSamples: 800, hopSamples: 400}
          backbone: {file: backbone.onnx, input: waveform, embedding: embedding}
          head: {file: head.onnx, input: embedding, output: p, outputs: [%s, background, glass]}
          labels:
            - {name: glass, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.4}
          """
              .formatted(Digests.sha256(backbone), Digests.sha256(head), speech));
      return folder;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
