package io.tocsin.stack.faults;

import io.tocsin.audio.Pcm16;
import io.tocsin.simulator.SceneRenderer;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SceneTruth.SensorTruth;
import io.tocsin.simulator.SoundLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What every sensor hears, sample by sample: rendered once, kept in a folder, and played as often
 * as wanted by fleets of their own at places of their own.
 *
 * @param sites where the sensors of fleet 0 are, in order
 * @param samples of each sensor
 */
public record KnownLoad(List<Site> sites, List<short[]> samples) {

  public static final int SAMPLE_RATE_HERTZ = KnownScene.SAMPLE_RATE_HERTZ;

  static final int FRAME_MILLIS = 500;
  static final int FRAME_SAMPLES = KnownScene.SAMPLE_RATE_HERTZ * FRAME_MILLIS / 1_000;

  /** So far is a fleet from the one before: none hears or knows of another. */
  private static final double FLEET_DEGREES = 0.6;

  /** A sensor's place. */
  public record Site(double latitudeDegrees, double longitudeDegrees) {

    /** The same place of another fleet, to the east. */
    public Site of(int fleet) {
      return new Site(latitudeDegrees, longitudeDegrees + fleet * FLEET_DEGREES);
    }
  }

  /** Renders the known scene and writes it into a folder. */
  public static void render(Path folder, SoundLibrary library, long seed) throws IOException {
    Files.createDirectories(folder);
    SceneTruth truth = KnownScene.compose(library, seed);
    SceneRenderer.Clips clips = new SceneRenderer.Clips();
    List<String> sites = new ArrayList<>();
    int length = (int) (KnownScene.SECONDS * KnownScene.SAMPLE_RATE_HERTZ);
    for (int sensor = 0; sensor < truth.sensors().size(); sensor++) {
      SensorTruth here = truth.sensors().get(sensor);
      sites.add(here.latitudeDegrees() + "," + here.longitudeDegrees());
      short[] heard =
          Pcm16.fromFloats(
              new SceneRenderer(truth, sensor, KnownScene.settings(seed), library, clips)
                  .next(length));
      ByteBuffer bytes = ByteBuffer.allocate(2 * heard.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asShortBuffer().put(heard);
      Files.write(pcm(folder, sensor), bytes.array());
    }
    Files.write(sites(folder), sites);
  }

  /** Reads what {@link #render} wrote. */
  public static KnownLoad read(Path folder) throws IOException {
    List<Site> sites = new ArrayList<>();
    List<short[]> samples = new ArrayList<>();
    for (String line : Files.readAllLines(sites(folder))) {
      String[] parts = line.split(",", -1);
      byte[] bytes = Files.readAllBytes(pcm(folder, sites.size()));
      short[] heard = new short[bytes.length / 2];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(heard);
      sites.add(new Site(Double.parseDouble(parts[0]), Double.parseDouble(parts[1])));
      samples.add(heard);
    }
    return new KnownLoad(sites, samples);
  }

  private static Path sites(Path folder) {
    return folder.resolve("sites.csv");
  }

  private static Path pcm(Path folder, int sensor) {
    return folder.resolve("sensor-" + sensor + ".pcm");
  }

  /** Frames of each sensor. */
  int frames() {
    return samples.get(0).length / FRAME_SAMPLES;
  }

  /** One sensor's frame. */
  short[] frame(int sensor, int number) {
    int from = number * FRAME_SAMPLES;
    return Arrays.copyOfRange(samples.get(sensor), from, from + FRAME_SAMPLES);
  }
}
