package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityPlane.Point;
import io.tocsin.simulator.city.CityTruth.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a whole quarter hears at once. Fireworks: forty bangs in 20 s at one place, audible over a
 * kilometre, taken for glass. Thunder: from beyond the array, heard everywhere, taken for now this,
 * now that, with onsets spread by 0.3 s as rumbling has none.
 */
final class Bursts {

  private static final int BANGS = 40;
  private static final double FIREWORKS_SECONDS = 20;
  private static final double FIREWORKS_RADIUS_METRES = 1_000;
  private static final double FIREWORKS_SPREAD_METRES = 40;
  private static final double THUNDER_BEYOND_METRES = 1_500;
  private static final double THUNDER_SPREAD_SECONDS = 0.3;

  private Bursts() {}

  static List<PlannedSound> draw(CitySettings settings, Layouts layouts) {
    double perHour = settings.conditions().sounds().burstsPerHour();
    if (perHour == 0) {
      return List.of();
    }
    SplittableRandom chance = settings.chance(3);
    int bursts = (int) Math.max(2, Math.round(perHour * settings.hours()));
    List<PlannedSound> sounds = new ArrayList<>();
    for (int b = 0; b < bursts; b++) {
      double at = settings.seconds() * (b + chance.nextDouble(0.2, 0.8)) / bursts;
      if (b % 2 == 0) {
        fireworks("fireworks-" + (b + 1), at, layouts.inside(chance), chance, sounds);
      } else {
        thunder("thunder-" + (b + 1), at, settings, chance, sounds);
      }
    }
    return sounds;
  }

  private static void fireworks(
      String incident, double at, Point place, SplittableRandom chance, List<PlannedSound> into) {
    for (int bang = 0; bang < BANGS; bang++) {
      Point near =
          new Point(
              place.eastMetres() + FIREWORKS_SPREAD_METRES * chance.nextGaussian(),
              place.northMetres() + FIREWORKS_SPREAD_METRES * chance.nextGaussian());
      into.add(
          new PlannedSound(
              incident,
              Kind.BURST,
              chance.nextDouble() < 0.8 ? Labels.GLASS : Labels.SHOUT,
              at + chance.nextDouble(FIREWORKS_SECONDS),
              near,
              FIREWORKS_RADIUS_METRES,
              0));
    }
  }

  private static void thunder(
      String incident,
      double at,
      CitySettings settings,
      SplittableRandom chance,
      List<PlannedSound> into) {
    double bearing = chance.nextDouble(2 * Math.PI);
    double metres = settings.halfMetres() * Math.sqrt(2) + THUNDER_BEYOND_METRES;
    Point place = new Point(metres * Math.sin(bearing), metres * Math.cos(bearing));
    for (double later : new double[] {0, 3, 7}) {
      into.add(
          new PlannedSound(
              incident,
              Kind.BURST,
              PlannedSound.MIXED,
              at + later,
              place,
              2 * metres,
              THUNDER_SPREAD_SECONDS));
    }
  }
}
