package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.CityPlane.Point;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Picks of one label that are taken for one sound, and its origin. */
record LocatedSound(List<PlacedPick> picks, Point place, double originSeconds) {

  private static final double GUESSED_ELLIPSE_METRES = 50;
  private static final int STEPS = 8;
  private static final double DAMPING = 1e-3;

  /** Picks of a label, one a sensor, the first of each. */
  static List<PlacedPick> onePerSensor(List<PlacedPick> picks) {
    Map<String, PlacedPick> first = new LinkedHashMap<>();
    picks.forEach(p -> first.putIfAbsent(p.pick().sensorId(), p));
    return List.copyOf(first.values());
  }

  /** At the mean of the sensors' places, when the first of them heard it. */
  static LocatedSound atCentroid(List<PlacedPick> some) {
    List<PlacedPick> picks = onePerSensor(some);
    Point mean =
        new Point(
            picks.stream().mapToDouble(p -> p.place().eastMetres()).average().orElse(0),
            picks.stream().mapToDouble(p -> p.place().northMetres()).average().orElse(0));
    return new LocatedSound(picks, mean, picks.get(0).seconds());
  }

  /** By plain least squares (Gauss and Newton) from the mean of the sensors' places. */
  static LocatedSound byLeastSquares(List<PlacedPick> some) {
    LocatedSound start = atCentroid(some);
    return start.picks.size() < 3 ? start : start.refined();
  }

  LocatedSound refined() {
    double c = Baseline.SPEED_OF_SOUND;
    double x = place.eastMetres();
    double y = place.northMetres();
    double base = picks.get(0).seconds();
    double t = originSeconds - base;
    for (int step = 0; step < STEPS; step++) {
      double[][] a = new double[3][4];
      for (PlacedPick pick : picks) {
        double dx = x - pick.place().eastMetres();
        double dy = y - pick.place().northMetres();
        double d = Math.max(1, Math.hypot(dx, dy));
        double[] row = {dx / d, dy / d, c};
        double residual = (pick.seconds() - base - t) * c - d;
        for (int i = 0; i < 3; i++) {
          for (int j = 0; j < 3; j++) {
            a[i][j] += row[i] * row[j];
          }
          a[i][3] += row[i] * residual;
        }
      }
      double[] move = solved(a);
      x += move[0];
      y += move[1];
      t += move[2];
    }
    return new LocatedSound(picks, new Point(x, y), base + t);
  }

  /** Cramer's rule, damped against sensors in a row. */
  private static double[] solved(double[][] a) {
    for (int i = 0; i < 3; i++) {
      a[i][i] += DAMPING * Math.max(1e-9, a[i][i]);
    }
    double whole = determinant(a, -1);
    return new double[] {
      determinant(a, 0) / whole, determinant(a, 1) / whole, determinant(a, 2) / whole
    };
  }

  private static double determinant(double[][] a, int replaced) {
    double[][] m = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        m[i][j] = j == replaced ? a[i][3] : a[i][j];
      }
    }
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  }

  /** How late a pick is for this origin, seconds. */
  double residualSeconds(PlacedPick pick) {
    return pick.seconds()
        - originSeconds
        - pick.place().distanceMetres(place) / Baseline.SPEED_OF_SOUND;
  }

  /** Noisy-or of the picks' probabilities. */
  double probability() {
    return 1
        - picks.stream().mapToDouble(p -> 1 - p.pick().probability()).reduce(1, (a, b) -> a * b);
  }

  String label() {
    return picks.get(0).pick().label();
  }

  FoundEvent found() {
    double[] point = picks.get(0).plane().geographic(place);
    return new FoundEvent(
        label() + ' ' + picks.get(0).pick().detectionId(),
        label(),
        Math.round(originSeconds * 1e6),
        point[0],
        point[1],
        picks.size() >= 3,
        GUESSED_ELLIPSE_METRES,
        GUESSED_ELLIPSE_METRES,
        0,
        picks.size(),
        picks.stream().map(p -> p.pick().detectionId()).toList());
  }
}
