package io.tocsin.association;

import java.io.Serializable;

/**
 * Physics and tolerances of association.
 *
 * @param temperatureCelsius of the air
 * @param temperatureErrorCelsius how far the air may be from that, as a standard deviation
 * @param windMetresPerSecond a usual speed of the wind, whose direction nobody states; it carries
 *     sounds along
 * @param pickFloorMicros least uncertainty of an onset: two sensors pick slightly different
 *     features of a sound that grew
 * @param falsePicksPerHour background rate of a sensor and label, until rates are learned
 * @param reachMetres farthest that a sensor hears anything
 * @param sameSoundMicros two labels at one place closer in time than this are one sound under two
 *     names, not two sounds
 */
public record Settings(
    double temperatureCelsius,
    double temperatureErrorCelsius,
    double windMetresPerSecond,
    long pickFloorMicros,
    double falsePicksPerHour,
    double reachMetres,
    long sameSoundMicros)
    implements Serializable {

  /**
   * 15 ± 8 °C as in a temperate year, a wind of 3 m/s as between houses, 3 ms, one false pick an
   * hour, 800 m, 350 ms.
   */
  public static final Settings DEFAULT = new Settings(15, 8, 3, 3_000, 1, 800, 350_000);

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

  /** Standard deviation of the slowness of the air, relative: half that of its temperature. */
  double slownessSigma() {
    return temperatureErrorCelsius / (2 * (273.15 + temperatureCelsius));
  }

  /** Variance of the wind along an axis, (m/s)². */
  double windVariance() {
    return windMetresPerSecond * windMetresPerSecond / 2;
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
