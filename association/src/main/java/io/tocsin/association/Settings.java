package io.tocsin.association;

import java.io.Serializable;

/**
 * Physics and tolerances of association.
 *
 * @param temperatureCelsius of the air
 * @param pickFloorMicros uncertainty that every onset has beyond its own sigma: two sensors pick
 *     slightly different features of a sound that grew
 * @param falsePicksPerHour background rate of a sensor and label, until rates are learned
 * @param reachMetres farthest that a sensor hears anything
 * @param sameSoundMicros two labels at one place closer in time than this are one sound under two
 *     names, not two sounds
 */
public record Settings(
    double temperatureCelsius,
    long pickFloorMicros,
    double falsePicksPerHour,
    double reachMetres,
    long sameSoundMicros)
    implements Serializable {

  /** 15 °C, 3 ms, one false pick an hour, 800 m, 350 ms. */
  public static final Settings DEFAULT = new Settings(15, 3_000, 1, 800, 350_000);

  /** So much later than by the straight way an arrival may come: around a corner, say. */
  static final double LATE_SECONDS = 0.15;

  /** The air may be so much colder than it is said to be: its sound is slower. */
  private static final double TEMPERATURE_ERROR_CELSIUS = 10;

  /** Speed of sound in metres a second: 331.3·√(1 + T/273.15). */
  public double speedOfSound() {
    return 331.3 * Math.sqrt(1 + temperatureCelsius / 273.15);
  }

  /** Longest travel time by the travel time at the stated temperature. */
  double stretch() {
    return Math.sqrt(
        (273.15 + temperatureCelsius) / (273.15 + temperatureCelsius - TEMPERATURE_ERROR_CELSIUS));
  }

  /** So close in time two located sounds at one place are one: their onsets are picked apart. */
  long oneSoundMicros() {
    return sameSoundMicros * 3 / 2;
  }

  /** Longest difference of two arrivals of one sound, with a margin for their errors. */
  public long travelMicros() {
    return Math.round((2 * reachMetres / speedOfSound() + 0.5) * 1e6);
  }
}
