package io.tocsin.stack.bench;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.scoring.detect.Onset;
import io.tocsin.scoring.detect.OnsetPicker;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Recording;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Sounds set into real background at known samples, and how far from there the picker says that
 * they begin. In turns a burst of noise or tones that sets in at once and dies away, and the attack
 * of a recorded glass and of a recorded cry. The signal-to-noise ratio is that of the sound's first
 * 50 ms to the background of the window.
 */
final class OnsetTrial {

  private static final int RATE_HERTZ = 16_000;
  private static final int WINDOW_SAMPLES = 15_600;
  private static final double EARLIEST_SECONDS = 0.2;
  private static final double LATEST_SECONDS = 0.75;
  private static final double ATTACK_SECONDS = 0.05;

  /** A recorded attack begins where it first comes so near the loudest of its first 50 ms. */
  private static final double ATTACK_BEGINS_AT = 0.25;

  private static final double BACKGROUND_RMS = 0.01;

  /**
   * How well onsets of one signal-to-noise ratio were picked.
   *
   * @param within2SigmaShare onsets at most two of their stated sigmas away
   * @param p95MillisByKind of burst, glass and cry
   */
  record Figures(
      int n,
      double medianMillis,
      double p95Millis,
      double within2SigmaShare,
      double medianSigmaMillis,
      Map<String, Double> p95MillisByKind) {}

  /** Error and sigma of a pick. */
  private record Miss(String kind, double errorMillis, double sigmaMillis) {}

  private final Map<Path, float[]> read = new HashMap<>();
  private final List<Recording> backgrounds;
  private final List<Recording> glasses;
  private final List<Recording> cries;
  private final OnsetPicker picker = new OnsetPicker(RATE_HERTZ);

  /** Of a library with glass, cries and background. */
  OnsetTrial(SoundLibrary library) {
    this.backgrounds = wanted(library, Role.BACKGROUND);
    this.glasses = wanted(library, Role.GLASS);
    this.cries = wanted(library, Role.CRY);
  }

  private static List<Recording> wanted(SoundLibrary library, Role role) {
    List<Recording> recordings = library.recordings(role);
    if (recordings.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no recording of "
              + role.name().toLowerCase(Locale.ROOT)
              + " among "
              + library.summary());
    }
    return recordings;
  }

  /** Figures by signal-to-noise ratio in dB, of seeds from {@code firstSeed} on. */
  Map<String, Figures> run(long firstSeed, int seeds, int... snrDecibels) throws IOException {
    Map<String, Figures> figures = new LinkedHashMap<>();
    for (int snr : snrDecibels) {
      List<Miss> misses = new ArrayList<>();
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        misses.add(miss(seed, snr));
      }
      figures.put(Integer.toString(snr), figures(misses));
    }
    return figures;
  }

  private static Figures figures(List<Miss> misses) {
    Map<String, Double> byKind = new LinkedHashMap<>();
    misses.stream()
        .map(Miss::kind)
        .distinct()
        .forEach(k -> byKind.put(k, quantile(errors(misses, k), 0.95)));
    double[] errors = errors(misses, "");
    return new Figures(
        misses.size(),
        quantile(errors, 0.5),
        quantile(errors, 0.95),
        (double) misses.stream().filter(m -> m.errorMillis() <= 2 * m.sigmaMillis()).count()
            / misses.size(),
        quantile(misses.stream().mapToDouble(Miss::sigmaMillis).toArray(), 0.5),
        byKind);
  }

  private static double[] errors(List<Miss> misses, String kind) {
    return misses.stream()
        .filter(m -> m.kind().startsWith(kind))
        .mapToDouble(Miss::errorMillis)
        .toArray();
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }

  private Miss miss(long seed, int snrDecibels) throws IOException {
    // Seeds that follow each other give related first numbers; a step tells them apart.
    Random random = new Random(seed * 7_919);
    String kind = List.of("burst", "glass", "cry").get((int) (seed % 3));
    float[] sound =
        switch (kind) {
          case "glass" -> attack(any(glasses, random));
          case "cry" -> attack(any(cries, random));
          default -> burst(random);
        };
    int at =
        (int)
            (RATE_HERTZ
                * (EARLIEST_SECONDS + random.nextDouble() * (LATEST_SECONDS - EARLIEST_SECONDS)));
    float[] mixed = background(random);
    double gain =
        BACKGROUND_RMS
            * Math.pow(10, snrDecibels / 20.0)
            / rms(sound, 0, (int) (ATTACK_SECONDS * RATE_HERTZ));
    for (int i = at; i < mixed.length && i - at < sound.length; i++) {
      mixed[i] += (float) (gain * sound[i - at]);
    }
    Onset onset = picker.pick(window(mixed));
    return new Miss(
        kind,
        Math.abs(onset.atMicros() - at * 1e6 / RATE_HERTZ) / 1_000,
        onset.sigmaMicros() / 1_000.0);
  }

  private static AudioWindow window(float[] samples) {
    return new AudioWindow(
        "trial",
        0,
        0,
        0,
        0,
        0,
        Pcm16.encode(Pcm16.fromFloats(samples)).array(),
        "trial",
        0,
        0,
        "GPS",
        0);
  }

  /** A second of some recording that is not silent there. */
  private float[] background(Random random) throws IOException {
    while (true) {
      float[] whole = samples(any(backgrounds, random));
      if (whole.length > WINDOW_SAMPLES) {
        int from = random.nextInt(whole.length - WINDOW_SAMPLES);
        float[] part = Arrays.copyOfRange(whole, from, from + WINDOW_SAMPLES);
        double level = rms(part, 0, part.length);
        if (level > 1e-4) {
          for (int i = 0; i < part.length; i++) {
            part[i] *= (float) (BACKGROUND_RMS / level);
          }
          return part;
        }
      }
    }
  }

  private static float[] burst(Random random) {
    double decay = RATE_HERTZ * (0.02 + 0.18 * random.nextDouble());
    double tones = random.nextBoolean() ? 1 : 0;
    double[] hertz = random.doubles(4, 300, 6_000).toArray();
    float[] burst = new float[RATE_HERTZ];
    for (int i = 0; i < burst.length; i++) {
      double value = (1 - 0.7 * tones) * random.nextGaussian();
      for (double tone : hertz) {
        value += tones * 0.7 * Math.cos(2 * Math.PI * tone * i / RATE_HERTZ);
      }
      burst[i] = (float) (value * Math.exp(-i / decay));
    }
    return burst;
  }

  /** A recording from its attack on. */
  private float[] attack(Recording recording) throws IOException {
    float[] whole = samples(recording);
    int block = (int) (ATTACK_SECONDS * RATE_HERTZ);
    double loudest = 0;
    for (int from = 0; from + block <= whole.length; from += block / 4) {
      loudest = Math.max(loudest, rms(whole, from, block));
    }
    int first = 0;
    while (rms(whole, first, block) < loudest * 0.7) {
      first++;
    }
    float peak = 0;
    for (int i = first; i < first + block; i++) {
      peak = Math.max(peak, Math.abs(whole[i]));
    }
    while (Math.abs(whole[first]) < ATTACK_BEGINS_AT * peak) {
      first++;
    }
    return Arrays.copyOfRange(whole, first, Math.max(whole.length, first + block));
  }

  private float[] samples(Recording recording) throws IOException {
    float[] known = read.get(recording.file());
    if (known == null) {
      known = AudioFiles.read(recording.file(), RATE_HERTZ).samples();
      read.put(recording.file(), known);
    }
    return known;
  }

  private static Recording any(List<Recording> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  private static double rms(float[] samples, int from, int length) {
    double sum = 0;
    for (int i = from; i < Math.min(samples.length, from + length); i++) {
      sum += samples[i] * samples[i];
    }
    return Math.sqrt(sum / length);
  }
}
