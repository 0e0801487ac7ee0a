package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityPlane.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Brings picks to the job: late, disordered, twice, or not at all. */
final class Delivery {

  private static final double LATEST_TWIN_SECONDS = 5;
  private static final double RUSH_SECONDS = 30;
  private static final double CUT_OFF_SHARE = 0.1;

  private Delivery() {}

  /** What arrives, in the order of arrival. */
  static List<HeardPick> deliver(List<HeardPick> picks, CitySettings settings, SensorGrid grid) {
    Conditions.Transport transport = settings.conditions().transport();
    SplittableRandom chance = settings.chance(6);
    Set<String> cutOff =
        transport.backlogSeconds() == 0 ? Set.of() : district(settings, grid, chance);
    double lasts = Math.min(transport.backlogSeconds(), settings.seconds() / 4);
    long from = micros(settings.seconds() / 2 - lasts / 2);
    long to = micros(settings.seconds() / 2 + lasts / 2);
    List<HeardPick> arriving = new ArrayList<>();
    for (HeardPick pick : picks) {
      double delay = chance.nextDouble() * transport.disorderSeconds();
      double twinDelay = chance.nextDouble() * LATEST_TWIN_SECONDS;
      double rush = chance.nextDouble() * RUSH_SECONDS;
      boolean lost = chance.nextDouble() < transport.lostShare();
      boolean twice = chance.nextDouble() < transport.twiceShare();
      if (lost) {
        continue;
      }
      long arrives = pick.arrivedMicros() + Math.round(delay * 1e6);
      if (cutOff.contains(pick.sensorId()) && arrives >= from && arrives < to) {
        arrives = to + Math.round(rush * 1e6);
      }
      arriving.add(pick.arrivingAt(arrives));
      if (twice) {
        arriving.add(pick.arrivingAt(arrives + Math.round(twinDelay * 1e6)));
      }
    }
    arriving.sort(
        Comparator.comparingLong(HeardPick::arrivedMicros).thenComparing(HeardPick::detectionId));
    return arriving;
  }

  /** The tenth of the sensors that is nearest to some point. */
  private static Set<String> district(
      CitySettings settings, SensorGrid grid, SplittableRandom chance) {
    double half = settings.halfMetres() * 0.7;
    Point centre = new Point(chance.nextDouble(-half, half), chance.nextDouble(-half, half));
    List<CityTruth.Sensor> nearest = new ArrayList<>(grid.sensors());
    nearest.sort(
        Comparator.comparingDouble(
            s -> new Point(s.eastMetres(), s.northMetres()).distanceMetres(centre)));
    Set<String> ids = new HashSet<>();
    nearest
        .subList(0, (int) Math.ceil(CUT_OFF_SHARE * nearest.size()))
        .forEach(s -> ids.add(s.sensorId()));
    return ids;
  }

  private static long micros(double seconds) {
    return CitySettings.START_MICROS + Math.round(seconds * 1e6);
  }
}
