package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityPlane.Point;

/**
 * A sound before anybody has heard it.
 *
 * @param atSeconds from the run's beginning
 * @param audibleRadiusMetres loud sounds have a larger one
 * @param onsetSpreadSeconds how far a rumble's onset spreads from sensor to sensor
 */
record PlannedSound(
    String incident,
    CityTruth.Kind kind,
    String label,
    double atSeconds,
    Point place,
    double audibleRadiusMetres,
    double onsetSpreadSeconds) {

  /** Label of what sensors take for now this, now that. */
  static final String MIXED = "mixed";

  static PlannedSound usual(
      String incident,
      CityTruth.Kind kind,
      String label,
      double atSeconds,
      Point place,
      CitySettings settings) {
    return new PlannedSound(
        incident, kind, label, atSeconds, place, settings.audibleRadiusMetres(), 0);
  }
}
