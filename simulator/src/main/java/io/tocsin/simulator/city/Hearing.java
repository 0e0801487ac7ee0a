package io.tocsin.simulator.city;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What sensors make of sounds: picks with their errors, echoes included. */
final class Hearing {

  /** What onset picking leaves, and states. */
  static final double ONSET_SIGMA_SECONDS = 0.005;

  private static final double EARLIEST_ECHO_SECONDS = 0.1;
  private static final double LATEST_ECHO_SECONDS = 0.8;

  private final CitySettings settings;
  private final SensorGrid grid;
  private final Models models;

  Hearing(CitySettings settings, SensorGrid grid, Models models) {
    this.settings = settings;
    this.grid = grid;
    this.models = models;
  }

  /**
   * Who picks a sound and when; has a chance of its own, so that other conditions leave it as it
   * is.
   *
   * @param number of the sound
   */
  List<HeardPick> picks(PlannedSound sound, int number) {
    List<HeardPick> picks = new ArrayList<>();
    Propagation propagation = new Propagation(sound.audibleRadiusMetres());
    grid.forEachNear(
        sound.place(),
        propagation.cutOffMetres(),
        sensor -> {
          SplittableRandom chance = settings.chance(1_000_003L * (number + 1) + sensor);
          double metres = grid.place(sensor).distanceMetres(sound.place());
          double excess = Propagation.shadowed(propagation.excessDecibels(metres), chance);
          if (chance.nextDouble() < Propagation.pickProbability(excess)
              && !models.isDead(sensor, sound.atSeconds())) {
            arrive(sound, sensor, metres, chance, picks);
          }
        });
    return picks;
  }

  private void arrive(
      PlannedSound sound,
      int sensor,
      double metres,
      SplittableRandom chance,
      List<HeardPick> into) {
    Conditions.Paths paths = settings.conditions().paths();
    String label =
        sound.label().equals(PlannedSound.MIXED)
            ? (chance.nextBoolean() ? Labels.GLASS : Labels.SHOUT)
            : sound.label();
    double onset =
        ONSET_SIGMA_SECONDS * chance.nextGaussian()
            + sound.onsetSpreadSeconds() * chance.nextGaussian();
    double travel = metres / speedOfSound(sound, sensor, metres);
    double detour = chance.nextExponential() * paths.blockedMeanSeconds();
    boolean blocked = chance.nextDouble() < paths.blockedShare();
    double at = sound.atSeconds() + travel + onset + (blocked ? detour : 0);
    into.add(models.truePick(sensor, label, at, chance));
    if (chance.nextDouble() < paths.echoShare()) {
      double echo = at + chance.nextDouble(EARLIEST_ECHO_SECONDS, LATEST_ECHO_SECONDS);
      into.add(models.truePick(sensor, label, echo, chance));
    }
  }

  /** With the air's temperature at that time, and the wind along the path. */
  private double speedOfSound(PlannedSound sound, int sensor, double metres) {
    Conditions.Paths paths = settings.conditions().paths();
    double phase = 2 * Math.PI * sound.atSeconds() / settings.seconds();
    double celsius =
        CitySettings.BELIEVED_CELSIUS + paths.temperatureSwingCelsius() * Math.sin(phase);
    double still = 331.3 * Math.sqrt(1 + celsius / 273.15);
    double eastward =
        metres < 1 ? 0 : (grid.place(sensor).eastMetres() - sound.place().eastMetres()) / metres;
    return still + paths.windMetresPerSecond() * eastward;
  }
}
