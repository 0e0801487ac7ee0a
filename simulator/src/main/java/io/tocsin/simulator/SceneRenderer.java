package io.tocsin.simulator;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Levels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What one sensor hears of a scene, sample by sample: each sound delayed by its way (to a fraction
 * of a sample), weakened by 20·log10 of the distance and by the air, over a recorded background and
 * pink noise. Deterministic; how much is asked for at a time does not matter.
 */
public final class SceneRenderer {

  /** Distance at which a recording's peak is full scale. */
  static final double FULL_SCALE_METRES = 8;

  private static final double AIR_DECIBELS_PER_METRE = 0.005;
  private static final double BACKGROUND_DBFS = -60;
  private static final double BACKGROUND_SPREAD_DECIBELS = 2;
  private static final int SINC_HALF = 24;

  /** A sound as it arrives here. */
  private record Arrival(long firstSample, float[] samples) {}

  private final List<Arrival> arrivals = new ArrayList<>();
  private final float[] bed;
  private final double bedGain;
  private final double noiseGain;
  private final Random random;
  private final double[] pink = new double[7];
  private int bedAt;
  private long nextSample;

  /**
   * @param sensor index of the sensor in the truth
   */
  public SceneRenderer(
      SceneTruth truth, int sensor, SceneSettings settings, SoundLibrary library, Clips clips)
      throws IOException {
    this.random = new Random(settings.seed() * 1_000_003 + sensor);
    SceneTruth.SensorTruth here = truth.sensors().get(sensor);
    for (SceneTruth.Sound sound : truth.sounds()) {
      float[] clip = clips.active(Path.of(sound.file()), settings.sampleRateHertz());
      double distance =
          Math.hypot(
              here.eastMetres() - sound.eastMetres(), here.northMetres() - sound.northMetres());
      arrivals.add(arrival(clip, sound.atSeconds(), distance, settings));
    }
    List<SoundLibrary.Recording> beds = library.recordings(SoundLibrary.Role.BACKGROUND);
    double level =
        Levels.amplitude(
            BACKGROUND_DBFS + (random.nextDouble() * 2 - 1) * BACKGROUND_SPREAD_DECIBELS);
    double bedShare = beds.isEmpty() ? 0 : 0.7;
    if (beds.isEmpty()) {
      bed = new float[1];
      bedGain = 0;
    } else {
      bed = clips.whole(beds.get(random.nextInt(beds.size())).file(), settings.sampleRateHertz());
      bedGain = level * bedShare / Math.max(1e-6, Levels.amplitude(Levels.rmsDbfs(bed)));
      bedAt = random.nextInt(bed.length);
    }
    noiseGain = level * Math.sqrt(1 - bedShare * bedShare);
  }

  private static Arrival arrival(
      float[] clip, double atSeconds, double distance, SceneSettings settings) {
    double gain =
        Math.min(1, FULL_SCALE_METRES / Math.max(1, distance))
            * Levels.amplitude(-AIR_DECIBELS_PER_METRE * distance);
    double exact = (atSeconds + distance / settings.speedOfSound()) * settings.sampleRateHertz();
    long whole = (long) Math.floor(exact);
    double fraction = exact - whole;
    double[] taps = new double[2 * SINC_HALF];
    double sum = 0;
    for (int k = 0; k < taps.length; k++) {
      double x = k - SINC_HALF + 1 - fraction;
      double window = 0.5 + 0.5 * Math.cos(Math.PI * x / (SINC_HALF + 1));
      taps[k] = (Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)) * window;
      sum += taps[k];
    }
    float[] delayed = new float[clip.length + taps.length];
    for (int n = 0; n < delayed.length; n++) {
      double value = 0;
      for (int k = Math.max(0, n - clip.length + 1); k < taps.length && k <= n; k++) {
        value += clip[n - k] * taps[k];
      }
      delayed[n] = (float) (value * gain / sum);
    }
    return new Arrival(whole - SINC_HALF + 1, delayed);
  }

  /** The next {@code count} samples. */
  public float[] next(int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) (bed[bedAt] * bedGain + pinkNoise() * noiseGain);
      bedAt = (bedAt + 1) % bed.length;
    }
    for (Arrival arrival : arrivals) {
      long from = Math.max(nextSample, arrival.firstSample);
      long to = Math.min(nextSample + count, arrival.firstSample + arrival.samples.length);
      for (long n = from; n < to; n++) {
        out[(int) (n - nextSample)] += arrival.samples[(int) (n - arrival.firstSample)];
      }
    }
    nextSample += count;
    return out;
  }

  /** Pink noise of unit power: Kellet's sum of first-order filters (musicdsp.org, 2000). */
  private double pinkNoise() {
    double white = random.nextGaussian();
    pink[0] = 0.99886 * pink[0] + white * 0.0555179;
    pink[1] = 0.99332 * pink[1] + white * 0.0750759;
    pink[2] = 0.96900 * pink[2] + white * 0.1538520;
    pink[3] = 0.86650 * pink[3] + white * 0.3104856;
    pink[4] = 0.55000 * pink[4] + white * 0.5329522;
    pink[5] = -0.7616 * pink[5] - white * 0.0168980;
    double sum =
        pink[0] + pink[1] + pink[2] + pink[3] + pink[4] + pink[5] + pink[6] + white * 0.5362;
    pink[6] = white * 0.115926;
    return sum / 2.5;
  }

  /** Recordings, each read once for all sensors. */
  public static final class Clips {

    private final Map<Path, float[]> active = new HashMap<>();
    private final Map<Path, float[]> whole = new HashMap<>();

    float[] active(Path file, int sampleRateHertz) throws IOException {
      float[] clip = active.get(file);
      if (clip == null) {
        clip = Activity.trimmed(AudioFiles.read(file, sampleRateHertz).samples(), sampleRateHertz);
        active.put(file, clip);
      }
      return clip;
    }

    float[] whole(Path file, int sampleRateHertz) throws IOException {
      float[] clip = whole.get(file);
      if (clip == null) {
        clip = AudioFiles.read(file, sampleRateHertz).samples();
        whole.put(file, clip);
      }
      return clip;
    }
  }
}
