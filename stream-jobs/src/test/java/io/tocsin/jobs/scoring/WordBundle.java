package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bundle whose ONNX files hold a word each: for what only reads its labels and sizes. */
public final class WordBundle {

  static final int RATE_HERTZ = 1_000;
  static final int WINDOW_SAMPLES = 100;
  static final int HOP_SAMPLES = 50;

  private WordBundle() {}

  /** One label, glass: on at 0.6, off below 0.3. */
  public static ModelBundle in(Path folder) throws IOException {
    Path backbone = Files.writeString(folder.resolve("backbone.onnx"), "backbone");
    Path head = Files.writeString(folder.resolve("head.onnx"), "head");
    Files.writeString(
        folder.resolve(ModelBundle.MANIFEST),
        """
        format: 1
        id: words
        version: "1"
        licence: none
        files:
          backbone.onnx: %s
          head.onnx: %s
        input: {kind: waveform, sampleRateHertz: %d, windowSamples: %d, hopSamples: %d}
        backbone: {file: backbone.onnx, input: waveform, embedding: embeddings}
        head: {file: head.onnx, input: embedding, output: p, outputs: [glass, background]}
        labels:
          - {name: glass, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.3}
        """
            .formatted(
                Digests.sha256(backbone),
                Digests.sha256(head),
                RATE_HERTZ,
                WINDOW_SAMPLES,
                HOP_SAMPLES));
    return ModelBundle.load(folder);
  }
}
