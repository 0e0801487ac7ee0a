package io.tocsin.simulator;

import java.util.List;

/**
 * What really happens in a scene.
 *
 * @param durationSeconds of the scene
 * @param sounds everything that sounds, by time
 * @param distress the pairs that must alert
 */
public record SceneTruth(
    double durationSeconds,
    List<SensorTruth> sensors,
    List<Sound> sounds,
    List<Distress> distress) {

  /** A sensor and where it is. */
  public record SensorTruth(
      String sensorId,
      double latitudeDegrees,
      double longitudeDegrees,
      double eastMetres,
      double northMetres) {}

  /**
   * A sound.
   *
   * @param incident what it is part of, such as pair-2 or decoy-far-1
   * @param atSeconds when it leaves its source, from the scene's beginning
   * @param file the recording
   */
  public record Sound(
      String incident,
      SoundLibrary.Role role,
      double atSeconds,
      double eastMetres,
      double northMetres,
      double latitudeDegrees,
      double longitudeDegrees,
      String file) {}

  /** A pair that must alert: a glass and a cry that belong together. */
  public record Distress(
      String incident,
      double startsAtSeconds,
      double cryAtSeconds,
      double latitudeDegrees,
      double longitudeDegrees) {}
}
