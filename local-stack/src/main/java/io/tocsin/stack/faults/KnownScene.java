package io.tocsin.stack.faults;

import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SceneTruth.SensorTruth;
import io.tocsin.simulator.SceneTruth.Sound;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Twenty-four seconds at eight sensors. Six stand together and hear glass break and someone cry
 * out, once before the middle of the scene and once behind it: two alerts. Two stand alone, miles
 * away, and hear something new every two seconds, so that little can be lost that would not be
 * missed.
 */
final class KnownScene {

  static final int SAMPLE_RATE_HERTZ = 16_000;
  static final double SECONDS = 24;

  private static final double LATITUDE_DEGREES = 52.5219;
  private static final double METRES_PER_DEGREE = 111_195;
  private static final double ALONE_METRES = 9_000;
  private static final double ALONE_EVERY_SECONDS = 2.1;
  private static final double NEAR_METRES = 20;

  /** At the end nothing sounds, so that everything that was heard has ended too. */
  private static final double QUIET_SECONDS = 3;

  private final List<SensorTruth> sensors = new ArrayList<>();
  private final List<Sound> sounds = new ArrayList<>();
  private final SoundLibrary library;
  private final Random random;

  private KnownScene(SoundLibrary library, long seed) {
    this.library = library;
    this.random = new Random(seed);
  }

  /** Frame of the scene, for its renderer. */
  static SceneSettings settings(long seed) {
    return new SceneSettings(seed, LATITUDE_DEGREES, 0, 8, 250, 400, 12, 2, 15, SAMPLE_RATE_HERTZ);
  }

  /**
   * The scene around longitude 0; the same for the same seed and recordings.
   *
   * @throws IllegalArgumentException if the library has no glass or no cry
   */
  static SceneTruth compose(SoundLibrary library, long seed) {
    for (Role role : List.of(Role.GLASS, Role.CRY)) {
      if (library.recordings(role).isEmpty()) {
        throw new IllegalArgumentException(
            "a scene wants breaking glass and cries; there are " + library.summary());
      }
    }
    return new KnownScene(library, seed).compose();
  }

  private SceneTruth compose() {
    for (double north : new double[] {-120, 120}) {
      for (double east : new double[] {-240, 0, 240}) {
        sensor(east + random.nextGaussian() * 15, north + random.nextGaussian() * 15);
      }
    }
    sensor(ALONE_METRES, 0);
    sensor(2 * ALONE_METRES, 0);
    pair("pair-1", 2, -100, 20);
    pair("pair-2", 16, 110, -25);
    for (int alone = 1; alone <= 2; alone++) {
      for (int k = 0; 1 + (k + 1) * ALONE_EVERY_SECONDS < SECONDS - QUIET_SECONDS; k++) {
        sound(
            "alone-" + alone + "-" + k,
            k % 2 == 0 ? Role.CRY : Role.GLASS,
            1 + k * ALONE_EVERY_SECONDS + alone * 0.3,
            alone * ALONE_METRES,
            NEAR_METRES);
      }
    }
    sounds.sort(Comparator.comparingDouble(Sound::atSeconds));
    return new SceneTruth(SECONDS, sensors, sounds, List.of());
  }

  private void pair(String incident, double atSeconds, double east, double north) {
    sound(incident, Role.GLASS, atSeconds, east, north);
    sound(incident, Role.CRY, atSeconds + 2.5, east + 4, north - 3);
  }

  private void sensor(double east, double north) {
    sensors.add(
        new SensorTruth(
            String.format(Locale.ROOT, "%02d", sensors.size()),
            latitude(north),
            longitude(east),
            east,
            north));
  }

  private void sound(String incident, Role role, double atSeconds, double east, double north) {
    List<SoundLibrary.Recording> choice = library.recordings(role);
    sounds.add(
        new Sound(
            incident,
            role,
            atSeconds,
            east,
            north,
            latitude(north),
            longitude(east),
            choice.get(random.nextInt(choice.size())).file().toString()));
  }

  private static double latitude(double north) {
    return LATITUDE_DEGREES + north / METRES_PER_DEGREE;
  }

  private static double longitude(double east) {
    return east / (METRES_PER_DEGREE * Math.cos(Math.toRadians(LATITUDE_DEGREES)));
  }
}
