package io.tocsin.simulator;

/**
 * A scene's frame.
 *
 * @param seed of everything that is left to chance
 * @param sensors number; a square grid, jittered
 * @param spacingMetres of the grid
 * @param slotSeconds from one incident to the next
 * @param truePairs incidents that must alert
 */
public record SceneSettings(
    long seed,
    double latitudeDegrees,
    double longitudeDegrees,
    int sensors,
    double spacingMetres,
    double audibleRadiusMetres,
    double slotSeconds,
    int truePairs,
    double temperatureCelsius,
    int sampleRateHertz) {

  /** Of the demonstration's scene. */
  public static final int DEMO_SENSORS = 16;

  public static final int DEMO_PAIRS = 6;

  /** Sixteen sensors around Alexanderplatz in Berlin, six true pairs, four minutes and a half. */
  public static SceneSettings demo(long seed) {
    return demo(seed, DEMO_SENSORS, DEMO_PAIRS);
  }

  /** The same with another number of sensors and of true pairs, one every twelve seconds. */
  public static SceneSettings demo(long seed, int sensors, int truePairs) {
    return new SceneSettings(seed, 52.5219, 13.4132, sensors, 250, 400, 12, truePairs, 15, 16_000);
  }

  double speedOfSound() {
    return 331.3 * Math.sqrt(1 + temperatureCelsius / 273.15);
  }
}
