package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sensors whose frames are computed from their number: noise with a loud stretch now and then, so
 * that the tiny bundle hears glass.
 */
final class TinyFleet {

  static final int SENSORS = 8;
  static final int FRAMES = 150;
  static final int FRAME_SAMPLES = 900;
  static final int RATE_HERTZ = 8_000;

  private static final long START_MICROS = 1_700_000_000_000_000L;
  private static final int LOUD_EVERY = 11;
  private static final double LOUD = 12_000;
  private static final double QUIET = 300;

  private TinyFleet() {}

  static Path bundle() {
    try {
      return Path.of(Objects.requireNonNull(TinyFleet.class.getResource("/tiny-bundle")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes the tiny bundle's other version: glass, by the same weights, is its third output, and it
   * knows thuds. Glass is calibrated in its own way: Platt's a 2, b -1.
   */
  static Path otherBundle(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path backbone = Files.copy(bundle().resolve("backbone.onnx"), folder.resolve("backbone.onnx"));
    Path head = Files.copy(bundle().resolve("other-head.onnx"), folder.resolve("head.onnx"));
    Files.writeString(
        folder.resolve(ModelBundle.MANIFEST),
        """
        format: 1
        id: tiny
        version: "2"
        licence: CC0-1.0
        files: {backbone.onnx: %s, head.onnx: %s}
        input: {kind: waveform, sampleRateHertz: 8000, windowSamples: 800, hopSamples: 400}
        backbone: {file: backbone.onnx, input: waveform, embedding: embedding}
        head: {file: head.onnx, input: embedding, output: p, outputs: [thud, background, glass]}
        labels:
          - {name: thud, calibration: {kind: platt, a: 1, b: 0}, onThreshold: 0.6, offThreshold: 0.3}
          - {name: glass, calibration: {kind: platt, a: 2, b: -1}, onThreshold: 0.6, offThreshold: 0.3}
        """
            .formatted(Digests.sha256(backbone), Digests.sha256(head)));
    return folder;
  }

  /** Writes the tiny bundle as one that asks {@code second} about every window. */
  static Path doubtingBundle(Path folder, Path second) throws IOException {
    Files.createDirectories(folder);
    for (String file : List.of("backbone.onnx", "head.onnx", ModelBundle.MANIFEST)) {
      Files.copy(bundle().resolve(file), folder.resolve(file));
    }
    Files.writeString(
        folder.resolve(ModelBundle.MANIFEST),
        "secondOpinion: {bundle: " + second + ", band: {low: 1, high: 1}, sample: 1.0}\n",
        StandardOpenOption.APPEND);
    return folder;
  }

  static ScoringJobSettings settings(Path bundle, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kafka.bootstrapServers=unused:1",
                "--kafka.registryUrl=http://unused",
                "--bundle=" + bundle,
                "--callers=1",
                "--maxBatchSize=4"));
    arguments.addAll(List.of(more));
    return SettingsFile.read(ScoringJobSettings.class, arguments.toArray(String[]::new));
  }

  static String sensorId(int sensor) {
    return "tiny-" + sensor;
  }

  /** Frame {@code number % FRAMES} of sensor {@code number / FRAMES}. */
  static FrameAudio frame(long number) {
    int sensor = (int) (number / FRAMES);
    int sequence = (int) (number % FRAMES);
    SplittableRandom random = new SplittableRandom(number);
    double level = (sensor + sequence) % LOUD_EVERY == 0 ? LOUD : QUIET;
    short[] samples = new short[FRAME_SAMPLES];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) ((random.nextDouble() * 2 - 1) * level);
    }
    return FrameAudio.of(
        sensorId(sensor),
        "boot",
        sequence,
        START_MICROS + sequence * (FRAME_SAMPLES * 1_000_000L / RATE_HERTZ),
        "GPS",
        1_000,
        RATE_HERTZ,
        samples);
  }

  static SensorRegistration registration(int sensor) {
    return new SensorRegistration(sensorId(sensor), 48 + 0.001 * sensor, 11, null, 3.0, 400, false);
  }

  /** All windows of all sensors, sensor by sensor, by the pure cutter. */
  static List<AudioWindow> windows(ModelBundle bundle) {
    List<AudioWindow> windows = new ArrayList<>();
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(),
            bundle.windowSamples(),
            bundle.hopSamples(),
            Duration.ofSeconds(5));
    for (int sensor = 0; sensor < SENSORS; sensor++) {
      @Nullable CutterState state = null;
      for (int f = 0; f < FRAMES; f++) {
        var cut = cutter.accept(state, frame((long) sensor * FRAMES + f));
        state = cut.state();
        windows.addAll(cut.windows());
      }
    }
    return windows;
  }

  /** Their names, sorted, as {@link #name} gives them. */
  static List<String> windowNames(ModelBundle bundle) {
    return windows(bundle).stream().map(w -> name(w.sensorId(), w.startMicros())).sorted().toList();
  }

  static String name(String sensorId, long startMicros) {
    return sensorId + "@" + startMicros;
  }
}
