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

  /** Sixteen sensors around Alexanderplatz in Berlin, six true pairs, four minutes and a half. */
  public static SceneSettings demo(long seed) {
    return new SceneSettings(seed, 52.5219, 13.4132, 16, 250, 400, 12, 6, 15, 16_000);
  }

  double speedOfSound() {
    return 331.3 * Math.sqrt(1 + temperatureCelsius / 273.15);
  }
}
