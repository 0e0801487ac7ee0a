package io.tocsin.simulator.city;

/**
 * A city's frame; with it everything is determined.
 *
 * @param scenario its name in results
 * @param sensors number; a square grid, jittered by 15 % of the spacing
 * @param audibleRadiusMetres distance at which a sensor picks half of the sounds
 * @param hours of the run
 */
public record CitySettings(
    Scenario scenario,
    Conditions conditions,
    long seed,
    int sensors,
    double spacingMetres,
    double audibleRadiusMetres,
    double hours) {

  /** When every run begins. */
  public static final long START_MICROS = 1_700_000_000_000_000L;

  /** What the job believes of the air. */
  static final double BELIEVED_CELSIUS = 15;

  public CitySettings {
    if (sensors < 4) {
      throw new IllegalArgumentException(
          "a city of " + sensors + " sensors locates nothing; give at least 4");
    }
    if (!(spacingMetres > 0) || !(hours > 0) || !(audibleRadiusMetres > 0)) {
      throw new IllegalArgumentException(
          "spacing %s m, audible radius %s m and %s h must all be above 0"
              .formatted(spacingMetres, audibleRadiusMetres, hours));
    }
  }

  /** 250 m apart, audible over 400 m. */
  public static CitySettings of(Scenario scenario, long seed, int sensors, double hours) {
    return new CitySettings(scenario, scenario.conditions(), seed, sensors, 250, 400, hours);
  }

  /** The same with other sounds. */
  public CitySettings with(Conditions.Sounds sounds) {
    return with(conditions.with(sounds));
  }

  /** The same with other false picks. */
  public CitySettings with(Conditions.FalsePicks falsePicks) {
    return with(conditions.with(falsePicks));
  }

  /** The same with other faults. */
  public CitySettings with(Conditions.Faults faults) {
    return with(conditions.with(faults));
  }

  private CitySettings with(Conditions others) {
    return new CitySettings(
        scenario, others, seed, sensors, spacingMetres, audibleRadiusMetres, hours);
  }

  /** Of the run. */
  public double seconds() {
    return hours * 3600;
  }

  /** Sensors along an edge of the grid. */
  int side() {
    return (int) Math.ceil(Math.sqrt(sensors));
  }

  /** From the centre to an edge of the array. */
  double halfMetres() {
    return side() * spacingMetres / 2;
  }

  /** A stream of chance of its own for each subject, so that subjects do not shift one another. */
  java.util.SplittableRandom chance(long subject) {
    java.util.SplittableRandom mixed =
        new java.util.SplittableRandom(seed * 0x9E3779B97F4A7C15L + subject);
    return new java.util.SplittableRandom(mixed.nextLong());
  }
}
