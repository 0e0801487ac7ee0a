package io.tocsin.simulator.city;

import io.tocsin.simulator.city.CityPlane.Point;
import io.tocsin.simulator.city.Conditions.Clocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/** Where sensors are, how their clocks go, and which are near. */
final class SensorGrid {

  private static final double JITTER = 0.15;
  private static final double DRIFT_PPM = 5;
  private static final double SETTING_SECONDS = 1_024;

  private final CitySettings settings;
  private final List<CityTruth.Sensor> sensors = new ArrayList<>();
  private final List<Clock> clocks = new ArrayList<>();

  private record Clock(double offsetSeconds, double driftPpm, double setAtSeconds) {
    double errorSeconds(double atSeconds) {
      double since = (atSeconds + setAtSeconds) % SETTING_SECONDS;
      return offsetSeconds + driftPpm * 1e-6 * since;
    }
  }

  SensorGrid(CitySettings settings, CityPlane plane) {
    this.settings = settings;
    SplittableRandom chance = settings.chance(1);
    for (int i = 0; i < settings.sensors(); i++) {
      Point place =
          new Point(
              position(i % settings.side()) + jitter(chance),
              position(i / settings.side()) + jitter(chance));
      double[] point = plane.geographic(place);
      Clocks kinds = settings.conditions().clocks();
      boolean fine = chance.nextDouble() < kinds.fineShare();
      double sigma = fine ? kinds.fineSeconds() : kinds.seconds();
      boolean wrong = chance.nextDouble() < kinds.wrongShare();
      double off = wrong ? (chance.nextBoolean() ? 1 : -1) * kinds.wrongSeconds() : 0;
      double drift =
          chance.nextDouble() < kinds.driftShare() ? chance.nextDouble(-DRIFT_PPM, DRIFT_PPM) : 0;
      clocks.add(
          new Clock(
              off + sigma * chance.nextGaussian(), drift, chance.nextDouble(SETTING_SECONDS)));
      sensors.add(
          new CityTruth.Sensor(
              String.format(Locale.ROOT, "sensor-%06d", i + 1),
              point[0],
              point[1],
              place.eastMetres(),
              place.northMetres(),
              settings.audibleRadiusMetres(),
              Math.round(sigma * 1e6)));
    }
  }

  private double position(int column) {
    return (column - (settings.side() - 1) / 2.0) * settings.spacingMetres();
  }

  private double jitter(SplittableRandom chance) {
    return chance.nextDouble(-JITTER, JITTER) * settings.spacingMetres();
  }

  List<CityTruth.Sensor> sensors() {
    return sensors;
  }

  Point place(int sensor) {
    return new Point(sensors.get(sensor).eastMetres(), sensors.get(sensor).northMetres());
  }

  /** How far a sensor's clock is ahead. */
  double clockErrorSeconds(int sensor, double atSeconds) {
    return clocks.get(sensor).errorSeconds(atSeconds);
  }

  /** Every sensor within {@code metres}, and some beyond. */
  void forEachNear(Point point, double metres, IntConsumer then) {
    int side = settings.side();
    int lowColumn = Math.max(0, (int) Math.floor(column(point.eastMetres() - metres)) - 1);
    int highColumn = Math.min(side - 1, (int) Math.ceil(column(point.eastMetres() + metres)) + 1);
    int lowRow = Math.max(0, (int) Math.floor(column(point.northMetres() - metres)) - 1);
    int highRow = Math.min(side - 1, (int) Math.ceil(column(point.northMetres() + metres)) + 1);
    for (int row = lowRow; row <= highRow; row++) {
      for (int column = lowColumn; column <= highColumn; column++) {
        int sensor = row * side + column;
        if (sensor < sensors.size()) {
          then.accept(sensor);
        }
      }
    }
  }

  private double column(double metres) {
    return metres / settings.spacingMetres() + (settings.side() - 1) / 2.0;
  }
}
