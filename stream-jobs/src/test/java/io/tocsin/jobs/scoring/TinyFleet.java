package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.net.URISyntaxException;
import java.nio.file.Path;
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

  static ScoringJobSettings settings(Path bundle) {
    return SettingsFile.read(
        ScoringJobSettings.class,
        "--kafka.bootstrapServers=unused:1",
        "--kafka.registryUrl=http://unused",
        "--bundle=" + bundle,
        "--callers=1",
        "--maxBatchSize=4");
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
    return new FrameAudio(
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

  /** Names of all windows of all sensors, as {@link #name} gives them, by the pure cutter. */
  static List<String> windowNames(ModelBundle bundle) {
    List<String> names = new ArrayList<>();
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(),
            bundle.windowSamples(),
            bundle.hopSamples(),
            Duration.ofSeconds(5));
    for (int sensor = 0; sensor < SENSORS; sensor++) {
      io.tocsin.scoring.window.@Nullable CutterState state = null;
      for (int f = 0; f < FRAMES; f++) {
        var cut = cutter.accept(state, frame((long) sensor * FRAMES + f));
        state = cut.state();
        for (AudioWindow window : cut.windows()) {
          names.add(name(window.sensorId(), window.startMicros()));
        }
      }
    }
    names.sort(String::compareTo);
    return names;
  }

  static String name(String sensorId, long startMicros) {
    return sensorId + "@" + startMicros;
  }
}
