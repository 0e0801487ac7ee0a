package io.tocsin.simulator.city;

/**
 * What a city's sensors, paths and links are like: the knobs of a {@link Scenario}.
 *
 * @param sounds what really sounds, and where
 * @param falsePicks what sensors hear that is not there
 * @param clocks how far sensors' clocks are off
 * @param paths how sound comes from source to sensor
 * @param transport how picks come from sensor to job
 * @param faults what breaks halfway
 */
public record Conditions(
    Sounds sounds,
    FalsePicks falsePicks,
    Clocks clocks,
    Paths paths,
    Transport transport,
    Faults faults) {

  /** A city where nothing is wrong but that clocks are off by 10 ms. */
  static final Conditions CLEAN =
      new Conditions(
          Sounds.USUAL,
          FalsePicks.NONE,
          Clocks.USUAL,
          Paths.STRAIGHT,
          Transport.PROMPT,
          Faults.NONE);

  /** As clean, with what a detector of 1 false glass and 10 false cries a sensor-day adds. */
  static final Conditions USUAL = CLEAN.with(FalsePicks.USUAL);

  /** Where sounds are. */
  public enum Layout {
    /** Anywhere in the array. */
    INSIDE,
    /** Half up to 300 m outside the array, a quarter within 100 m of corners of H3 cells. */
    EDGES
  }

  /**
   * Poisson in space and time.
   *
   * @param perSquareKilometreHour incidents; a pair of glass and cry is one
   * @param pairShare of incidents that are a glass and a cry that belong together
   * @param decoyShare of incidents that are a glass and a cry at once, 300 m apart
   * @param twinShare of single sounds that have another of their label, 100 to 1,000 m away and at
   *     most 0.3 s earlier or later
   * @param burstsPerHour fireworks and thunder by turns, at least one of each
   * @param meeting whether a glass and a cry of two incidents may come as near to each other as
   *     those of a pair; else such incidents are left out, so that every pair is one
   */
  public record Sounds(
      Layout layout,
      double perSquareKilometreHour,
      double pairShare,
      double decoyShare,
      double twinShare,
      double burstsPerHour,
      boolean meeting) {
    static final Sounds USUAL = new Sounds(Layout.INSIDE, 6, 0.4, 0, 0, 0, false);

    /** The same, more or less often. */
    public Sounds often(double otherPerSquareKilometreHour) {
      return new Sounds(
          layout,
          otherPerSquareKilometreHour,
          pairShare,
          decoyShare,
          twinShare,
          burstsPerHour,
          meeting);
    }

    /** The same, where incidents meet as they do. */
    public Sounds letMeet() {
      return new Sounds(
          layout, perSquareKilometreHour, pairShare, decoyShare, twinShare, burstsPerHour, true);
    }
  }

  /**
   * Poisson at each sensor.
   *
   * @param perTrue as many as this for each true pick, of every label alike
   * @param glassPerSensorDay false glass
   * @param criesPerSensorDay false shouts and crying
   * @param chattyPerDay false shouts of one sensor in the middle, on top
   */
  public record FalsePicks(
      double perTrue, double glassPerSensorDay, double criesPerSensorDay, double chattyPerDay) {
    static final FalsePicks NONE = new FalsePicks(0, 0, 0, 0);
    static final FalsePicks USUAL = new FalsePicks(0, 1, 10, 0);
  }

  /**
   * Normal errors, one a sensor for the whole run; a sensor states the standard deviation of its
   * kind.
   *
   * @param seconds standard deviation
   * @param fineShare of sensors that have {@code fineSeconds} instead
   * @param driftShare of sensors that drift besides, by up to 5 ppm between settings 1,024 s apart
   * @param wrongShare of sensors that are off by {@code wrongSeconds} and do not know
   */
  public record Clocks(
      double seconds,
      double fineShare,
      double fineSeconds,
      double driftShare,
      double wrongShare,
      double wrongSeconds) {
    static final Clocks USUAL = new Clocks(0.010, 0, 0, 0, 0, 0);
  }

  /**
   * From source to sensor.
   *
   * @param blockedShare of paths that are longer, by an exponential time of mean {@code
   *     blockedMeanSeconds}
   * @param echoShare of arrivals that are picked again 0.1 to 0.8 s later
   * @param temperatureSwingCelsius the air runs once through this much warmer and colder than the
   *     job believes
   * @param windMetresPerSecond from the west
   */
  public record Paths(
      double blockedShare,
      double blockedMeanSeconds,
      double echoShare,
      double temperatureSwingCelsius,
      double windMetresPerSecond) {
    static final Paths STRAIGHT = new Paths(0, 0, 0, 0, 0);
  }

  /**
   * From sensor to job. Every pick takes at least a second.
   *
   * @param lostShare never comes
   * @param twiceShare comes again within 5 s
   * @param disorderSeconds a pick is overtaken by others of up to so much later
   * @param backlogSeconds for so long, but at most for a quarter of the run, a tenth of the sensors
   *     (a district) cannot send, and then sends everything within 30 s
   */
  public record Transport(
      double lostShare, double twiceShare, double disorderSeconds, double backlogSeconds) {
    static final Transport PROMPT = new Transport(0, 0, 0.5, 0);
  }

  /**
   * Halfway through the run.
   *
   * @param killedWorker the job fails and goes on from its last checkpoint
   * @param deadShare of sensors fall silent, and nobody says so
   * @param changedModel another model takes over, with other scores
   */
  public record Faults(boolean killedWorker, double deadShare, boolean changedModel) {
    static final Faults NONE = new Faults(false, 0, false);
  }

  /**
   * What a weather service would say of how far the air is from what the job believes, as a
   * standard deviation: as sensors say of their clocks.
   */
  public double temperatureErrorCelsius() {
    return paths.temperatureSwingCelsius() / Math.sqrt(2);
  }

  Conditions with(Sounds other) {
    return new Conditions(other, falsePicks, clocks, paths, transport, faults);
  }

  /** The same with other false picks. */
  public Conditions with(FalsePicks other) {
    return new Conditions(sounds, other, clocks, paths, transport, faults);
  }

  Conditions with(Clocks other) {
    return new Conditions(sounds, falsePicks, other, paths, transport, faults);
  }

  Conditions with(Paths other) {
    return new Conditions(sounds, falsePicks, clocks, other, transport, faults);
  }

  Conditions with(Transport other) {
    return new Conditions(sounds, falsePicks, clocks, paths, other, faults);
  }

  Conditions with(Faults other) {
    return new Conditions(sounds, falsePicks, clocks, paths, transport, other);
  }
}
