package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityPlane.Point;
import io.tocsin.simulator.city.CityTruth.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Draws what sounds where and when. */
final class SoundPlan {

  private static final double LEAD_SECONDS = 10;

  /** Nearer than this in time and space, a glass and a cry of two incidents would be a pair. */
  private static final double PAIR_SECONDS = 12;

  private static final double PAIR_METRES = 250;
  private static final double DECOY_METRES = 300;
  private static final double NEAREST_TWIN_METRES = 100;
  private static final double FARTHEST_TWIN_METRES = 1_000;
  private static final double TWIN_SECONDS = 0.3;

  private final CitySettings settings;
  private final Layouts layouts;
  private final SplittableRandom chance;
  private final List<PlannedSound> sounds = new ArrayList<>();

  private SoundPlan(CitySettings settings, Layouts layouts) {
    this.settings = settings;
    this.layouts = layouts;
    this.chance = settings.chance(2);
  }

  /** All sounds by time. */
  static List<PlannedSound> draw(CitySettings settings, Layouts layouts) {
    SoundPlan plan = new SoundPlan(settings, layouts);
    plan.incidents();
    List<PlannedSound> all = plan.sounds;
    all.addAll(Bursts.draw(settings, layouts));
    all.sort(Comparator.comparingDouble(PlannedSound::atSeconds));
    return all;
  }

  private void incidents() {
    Conditions.Sounds kinds = settings.conditions().sounds();
    double squareKilometres = Math.pow(2 * settings.halfMetres() / 1000, 2);
    double perSecond = kinds.perSquareKilometreHour() * squareKilometres / 3600;
    int number = 0;
    for (double at = LEAD_SECONDS + chance.nextExponential() / perSecond;
        at < settings.seconds();
        at += chance.nextExponential() / perSecond) {
      List<PlannedSound> incident = incident(++number, at, kinds);
      if (kinds.meeting() || incident.stream().noneMatch(this::pairsByChance)) {
        sounds.addAll(incident);
      }
    }
  }

  private List<PlannedSound> incident(int number, double at, Conditions.Sounds kinds) {
    Point place = layouts.place(chance);
    double choice = chance.nextDouble();
    if (choice < kinds.pairShare()) {
      Point near =
          new Point(
              place.eastMetres() + 5 * chance.nextGaussian(),
              place.northMetres() + 5 * chance.nextGaussian());
      return List.of(
          sound("distress-" + number, Kind.DISTRESS, Labels.GLASS, at, place),
          sound(
              "distress-" + number,
              Kind.DISTRESS,
              Labels.anyCry(chance),
              at + chance.nextDouble(1.2, 5.5),
              near));
    }
    if (choice < kinds.pairShare() + kinds.decoyShare()) {
      return List.of(
          sound("decoy-" + number, Kind.DECOY, Labels.GLASS, at, place),
          sound(
              "decoy-" + number,
              Kind.DECOY,
              Labels.SHOUT,
              at + chance.nextDouble(0.5, 5),
              apart(place, DECOY_METRES)));
    }
    String label = Labels.any(chance);
    PlannedSound single = sound("single-" + number, Kind.SINGLE, label, at, place);
    if (chance.nextDouble() >= kinds.twinShare()) {
      return List.of(single);
    }
    double metres =
        NEAREST_TWIN_METRES
            * Math.pow(FARTHEST_TWIN_METRES / NEAREST_TWIN_METRES, chance.nextDouble());
    return List.of(
        single,
        sound(
            "single-" + number,
            Kind.SINGLE,
            label,
            at + chance.nextDouble(-TWIN_SECONDS, TWIN_SECONDS),
            apart(place, metres)));
  }

  private PlannedSound sound(String incident, Kind kind, String label, double at, Point place) {
    return PlannedSound.usual(incident, kind, label, at, place, settings);
  }

  /** A point so far from another, in the array where chance finds one soon. */
  private Point apart(Point from, double metres) {
    Point to = from;
    for (int tries = 0; tries < 20; tries++) {
      double bearing = chance.nextDouble(2 * Math.PI);
      to =
          new Point(
              from.eastMetres() + metres * Math.sin(bearing),
              from.northMetres() + metres * Math.cos(bearing));
      if (Math.max(Math.abs(to.eastMetres()), Math.abs(to.northMetres()))
          <= settings.halfMetres()) {
        break;
      }
    }
    return to;
  }

  private boolean pairsByChance(PlannedSound sound) {
    for (int i = sounds.size() - 1; i >= 0; i--) {
      PlannedSound other = sounds.get(i);
      // Sounds are nearly in the order of time: the parts of an incident are within seconds.
      if (other.atSeconds() < sound.atSeconds() - 3 * PAIR_SECONDS) {
        return false;
      }
      if (other.label().equals(Labels.GLASS) != sound.label().equals(Labels.GLASS)
          && Math.abs(other.atSeconds() - sound.atSeconds()) < PAIR_SECONDS
          && other.place().distanceMetres(sound.place()) < PAIR_METRES) {
        return true;
      }
    }
    return false;
  }
}
