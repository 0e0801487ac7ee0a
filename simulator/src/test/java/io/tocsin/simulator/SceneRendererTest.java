package io.tocsin.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.simulator.SceneTruth.SensorTruth;
import io.tocsin.simulator.SceneTruth.Sound;
import io.tocsin.simulator.SoundLibrary.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SceneRendererTest {

  private static final int RATE = Recordings.RATE;
  private static final double AT_SECONDS = 0.25;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    // Celsius, speed of sound in dry air (m/s, tables), distance in metres.
    "  0, 331.3,  10",
    " 15, 340.3, 100",
    " 20, 343.2, 500",
    " 20, 343.2, 333.3",
    "-10, 325.2, 200",
  })
  void aSoundArrivesWhenItsWayIsDone(double celsius, double metresPerSecond, double distance)
      throws IOException {
    float[] click = new float[RATE / 100];
    click[0] = 1;
    Path file = Recordings.wav(folder.resolve("click.wav"), click);
    float[] heard = heard(file, distance, celsius, 3);
    double arrival = (AT_SECONDS + distance / metresPerSecond) * RATE;
    assertThat((double) loudest(heard)).isCloseTo(arrival, within(2.0));
  }

  @ParameterizedTest
  @CsvSource({"10, 20", "50, 100", "100, 200", "20, 400", "100, 1000"})
  void aSoundWeakensWithTheLogarithmOfItsWay(double near, double far) throws IOException {
    Path file = Recordings.wav(folder.resolve("tone.wav"), Recordings.tone(500, 0.5));
    double loss = decibels(heard(file, near, 15, 5)) - decibels(heard(file, far, 15, 5));
    // Spherical spreading, and half a decibel in a hundred metres for the air.
    assertThat(loss).isCloseTo(20 * Math.log10(far / near) + (far - near) / 200, within(0.05));
  }

  @Test
  void eightMetresAwayARecordingsPeakIsFullScale() throws IOException {
    Path file = Recordings.wav(folder.resolve("tone.wav"), Recordings.tone(500, 0.5));
    for (double distance : new double[] {0, 3, SceneRenderer.FULL_SCALE_METRES}) {
      float[] heard = heard(file, distance, 15, 2);
      assertThat((double) Math.abs(heard[loudest(heard)])).isCloseTo(1, within(0.02));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 777, 8_000, 48_000})
  void howMuchIsAskedForAtATimeDoesNotMatter(int block) throws IOException {
    SoundLibrary library = Recordings.library(folder);
    SceneTruth truth = Scene.compose(SceneSettings.demo(3), library);
    int length = 10 * RATE;
    float[] whole = renderer(truth, 5, library).next(length);
    SceneRenderer inBlocks = renderer(truth, 5, library);
    float[] joined = new float[length];
    for (int from = 0; from < length; from += block) {
      float[] next = inBlocks.next(Math.min(block, length - from));
      System.arraycopy(next, 0, joined, from, next.length);
    }
    assertThat(Arrays.equals(joined, whole)).isTrue();
    assertThat((double) Math.abs(whole[loudest(whole)])).isGreaterThan(0.005);
  }

  @Test
  void aRecordedBackgroundIsHeardUnderNoiseAboutSixtyDecibelsBelowFullScale() throws IOException {
    Recordings.wav(folder.resolve("wind1.wav"), Recordings.tone(1_000, 2));
    SoundLibrary windy = new SoundLibrary(List.of(folder), Set.of());
    float[] quiet = renderer(truth(List.of()), 0, windy).next(4 * RATE);
    assertThat(decibels(quiet)).isBetween(-64.0, -57.0);
    assertThat(powerAt(quiet, 1_000)).isGreaterThan(1_000 * powerAt(quiet, 1_300));
    assertThat(powerAt(quiet, 1_300)).isPositive();
  }

  @Test
  void withoutARecordedBackgroundThereIsNoiseOfTheSameLevelAndEachSensorHasItsOwn()
      throws IOException {
    SoundLibrary none = new SoundLibrary(List.of(folder), Set.of());
    SceneTruth two =
        new SceneTruth(
            10,
            List.of(new SensorTruth("a", 52, 13, 0, 0), new SensorTruth("b", 52, 13, 0, 0)),
            List.of(),
            List.of());
    float[] first = renderer(two, 0, none).next(4 * RATE);
    float[] second = renderer(two, 1, none).next(4 * RATE);
    assertThat(decibels(first)).isBetween(-64.0, -57.0);
    assertThat(decibels(second)).isBetween(-64.0, -57.0);
    double product = 0;
    double energy = 0;
    for (int i = 0; i < first.length; i++) {
      product += first[i] * second[i];
      energy += first[i] * first[i];
    }
    assertThat(Math.abs(product / energy)).isLessThan(0.3);
  }

  /** What a sound adds to the background, which is the same with and without it. */
  private float[] heard(Path file, double distance, double celsius, int seconds)
      throws IOException {
    SoundLibrary library = new SoundLibrary(List.of(folder), Set.of());
    // A way in both directions of the compass.
    double east = 0.6 * distance;
    double north = -0.8 * distance;
    Sound sound = new Sound("pair-1", Role.GLASS, AT_SECONDS, east, north, 52, 13, file.toString());
    float[] with = renderer(truth(List.of(sound)), library, celsius).next(seconds * RATE);
    float[] without = renderer(truth(List.of()), library, celsius).next(seconds * RATE);
    for (int i = 0; i < with.length; i++) {
      with[i] -= without[i];
    }
    return with;
  }

  private static SceneTruth truth(List<Sound> sounds) {
    return new SceneTruth(10, List.of(new SensorTruth("a", 52, 13, 0, 0)), sounds, List.of());
  }

  private static SceneRenderer renderer(SceneTruth truth, SoundLibrary library, double celsius)
      throws IOException {
    SceneSettings settings =
        new SceneSettings(1, 52, 13, 1, 250, 400, 12, 1, celsius, Recordings.RATE);
    return new SceneRenderer(truth, 0, settings, library, new SceneRenderer.Clips());
  }

  private static SceneRenderer renderer(SceneTruth truth, int sensor, SoundLibrary library)
      throws IOException {
    return new SceneRenderer(
        truth, sensor, SceneSettings.demo(3), library, new SceneRenderer.Clips());
  }

  private static int loudest(float[] samples) {
    int loudest = 0;
    for (int i = 1; i < samples.length; i++) {
      loudest = Math.abs(samples[i]) > Math.abs(samples[loudest]) ? i : loudest;
    }
    return loudest;
  }

  /** Mean power, dB re full scale. */
  private static double decibels(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return 10 * Math.log10(sum / samples.length);
  }

  /** Power of the discrete Fourier transform at one frequency. */
  private static double powerAt(float[] samples, double hertz) {
    double real = 0;
    double imaginary = 0;
    for (int i = 0; i < samples.length; i++) {
      real += samples[i] * Math.cos(2 * Math.PI * hertz * i / RATE);
      imaginary += samples[i] * Math.sin(2 * Math.PI * hertz * i / RATE);
    }
    return real * real + imaginary * imaginary;
  }
}
