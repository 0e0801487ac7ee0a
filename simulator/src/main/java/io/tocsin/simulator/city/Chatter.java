package io.tocsin.simulator.city;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Picks of what is not there, Poisson at each sensor. */
final class Chatter {

  private static final int ANY_SENSOR = -1;

  private final CitySettings settings;
  private final Models models;
  private final SplittableRandom chance;
  private final List<HeardPick> into;

  private Chatter(
      CitySettings settings, Models models, SplittableRandom chance, List<HeardPick> into) {
    this.settings = settings;
    this.models = models;
    this.chance = chance;
    this.into = into;
  }

  /**
   * @param truePicks of the whole run
   */
  static List<HeardPick> draw(CitySettings settings, Models models, int truePicks) {
    Conditions.FalsePicks rates = settings.conditions().falsePicks();
    SplittableRandom chance = settings.chance(5);
    double sensorDays = settings.sensors() * settings.hours() / 24;
    List<HeardPick> picks = new ArrayList<>();
    double evenly = rates.perTrue() * truePicks / Labels.ALL.size();
    Chatter chatter = new Chatter(settings, models, chance, picks);
    chatter.anywhere(Labels.GLASS, rates.glassPerSensorDay() * sensorDays + evenly);
    for (String cry : Labels.CRIES) {
      chatter.anywhere(cry, rates.criesPerSensorDay() * sensorDays / Labels.CRIES.size() + evenly);
    }
    int middle = settings.side() * (settings.side() / 2) + settings.side() / 2;
    chatter.at(
        Math.min(middle, settings.sensors() - 1),
        Labels.SHOUT,
        rates.chattyPerDay() * settings.hours() / 24);
    return picks;
  }

  private void anywhere(String label, double expected) {
    at(ANY_SENSOR, label, expected);
  }

  private void at(int sensor, String label, double expected) {
    if (expected == 0) {
      return;
    }
    double apart = settings.seconds() / expected;
    for (double at = apart * chance.nextExponential();
        at < settings.seconds();
        at += apart * chance.nextExponential()) {
      int where = sensor == ANY_SENSOR ? chance.nextInt(settings.sensors()) : sensor;
      if (!models.isDead(where, at)) {
        into.add(models.falsePick(where, label, at, chance));
      }
    }
  }
}
