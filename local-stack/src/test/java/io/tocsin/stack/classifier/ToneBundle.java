package io.tocsin.stack.classifier;

import ai.onnx.proto.OnnxMl;
import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.tribuo.util.onnx.ONNXContext;
import org.tribuo.util.onnx.ONNXOperators;
import org.tribuo.util.onnx.ONNXPlaceholder;

/**
 * A bundle whose backbone measures the power of four tones, and clips of such tones: a real model,
 * small enough for tests to say what must come out.
 */
final class ToneBundle {

  static final int RATE = 8_000;
  static final int WINDOW = 800;
  static final int HIGH_HERTZ = 2_000;
  static final int LOW_HERTZ = 500;

  private static final int[] HERTZ = {LOW_HERTZ, 1_000, HIGH_HERTZ, 3_000};

  private ToneBundle() {}

  /** A bundle with the one label alarm, whose head hears power at the high tone. */
  static ModelBundle in(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("backbone.onnx"), backbone());
    float[] weights = new float[2 * HERTZ.length];
    weights[4] = 40;
    weights[5] = 40;
    Files.write(
        folder.resolve("head.onnx"),
        new LinearHead(List.of("alarm"), new float[][] {weights}, new float[] {-3}).onnx());
    Files.writeString(
        folder.resolve("bundle.yaml"),
        """
        format: 1
        id: tones
        version: "1"
        licence: none
        files:
          backbone.onnx: %s
          head.onnx: %s
        input: {kind: waveform, sampleRateHertz: %d, windowSamples: %d, hopSamples: %d}
        backbone: {file: backbone.onnx, input: waveform, embedding: embedding}
        head: {file: head.onnx, input: embedding, output: scores, outputs: [alarm]}
        labels:
          - {name: alarm, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.5, offThreshold: 0.25}
        indexLabels: {beep_high: alarm}
        provenance: {made: by a test}
        """
            .formatted(
                Digests.sha256(folder.resolve("backbone.onnx")),
                Digests.sha256(folder.resolve("head.onnx")),
                RATE,
                WINDOW,
                WINDOW / 2));
    return ModelBundle.load(folder);
  }

  /** Waveform [N, window] to the squared cosine and sine parts of each tone [N, 8]. */
  private static byte[] backbone() {
    ONNXContext context = new ONNXContext();
    context.setName("tones");
    ONNXPlaceholder input = context.floatInput("waveform", WINDOW);
    ONNXPlaceholder output = context.floatOutput("embedding", 2 * HERTZ.length);
    var filters =
        context.floatTensor(
            "filters",
            List.of(WINDOW, 2 * HERTZ.length),
            buffer -> {
              for (int i = 0; i < WINDOW; i++) {
                for (int hertz : HERTZ) {
                  double phase = 2 * Math.PI * hertz * i / RATE;
                  buffer.put((float) (2 * Math.cos(phase) / WINDOW));
                  buffer.put((float) (2 * Math.sin(phase) / WINDOW));
                }
              }
              buffer.rewind();
            });
    context
        .operation(
            ONNXOperators.GEMM,
            List.of(input, filters, context.array("none", new float[2 * HERTZ.length])),
            "parts")
        .apply(ONNXOperators.POW, context.constant("two", 2f))
        .assignTo(output);
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(ONNXOperators.getOpsetProto())
        .setGraph(context.buildGraph())
        .build()
        .toByteArray();
  }

  /**
   * An index with six sources of high and of low tones, two clips each, and ten of noise; returns
   * the CSV file.
   */
  static Path index(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>();
    lines.add("file,label,source_group,licence,fold");
    Random random = new Random(11);
    for (int source = 0; source < 6; source++) {
      for (int take = 0; take < 2; take++) {
        for (int hertz : new int[] {HIGH_HERTZ, LOW_HERTZ}) {
          String name = (hertz == HIGH_HERTZ ? "high" : "low") + source + take + ".wav";
          wave(folder.resolve(name), tone(hertz, 0.2 + 0.02 * source, random));
          lines.add(
              "%s,%s,%s%d,CC0,%d"
                  .formatted(
                      name,
                      hertz == HIGH_HERTZ ? "beep_high" : "beep_low",
                      hertz == HIGH_HERTZ ? "h" : "l",
                      source,
                      1 + source % 3));
        }
      }
    }
    for (int source = 0; source < 10; source++) {
      wave(folder.resolve("rain" + source + ".wav"), tone(0, 0, random));
      lines.add("rain%d.wav,rain,r%d,CC-BY,%d".formatted(source, source, 1 + source % 3));
    }
    Path index = folder.resolve("index.csv");
    Files.write(index, lines);
    return index;
  }

  private static float[] tone(int hertz, double amplitude, Random random) {
    float[] samples = new float[RATE / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] =
          (float)
              (amplitude * Math.sin(2 * Math.PI * hertz * i / RATE) + 0.01 * random.nextGaussian());
    }
    return samples;
  }

  static void wave(Path file, float[] samples) throws IOException {
    byte[] bytes = new byte[2 * samples.length];
    for (int i = 0; i < samples.length; i++) {
      int sample = Math.round(32_767 * samples[i]);
      bytes[2 * i] = (byte) sample;
      bytes[2 * i + 1] = (byte) (sample >> 8);
    }
    AudioFormat format = new AudioFormat(RATE, 16, 1, true, false);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(bytes), format, samples.length),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }
}
