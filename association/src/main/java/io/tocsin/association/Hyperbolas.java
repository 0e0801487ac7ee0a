package io.tocsin.association;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a sound may have been that three sensors heard at three times: the hyperbolas of their
 * differences meet once, twice or nowhere. In closed form, after Bancroft, An Algebraic Solution of
 * the GPS Equations, IEEE Transactions on Aerospace and Electronic Systems 21 (1985), in a plane.
 */
final class Hyperbolas {

  private Hyperbolas() {}

  /**
   * @param x of the sensors, metres
   * @param y of the sensors, metres
   * @param ranges times of arrival from any moment on, as metres of travel
   * @return the places, as x and y; none for sensors in a straight line
   */
  static List<double[]> meet(double[] x, double[] y, double[] ranges) {
    List<double[]> places = new ArrayList<>(2);
    double x1 = x[1] - x[0];
    double y1 = y[1] - y[0];
    double r1 = ranges[1] - ranges[0];
    double x2 = x[2] - x[0];
    double y2 = y[2] - y[0];
    double r2 = ranges[2] - ranges[0];
    double det = 2 * (x1 * y2 - x2 * y1);
    if (Math.abs(det) < 1) {
      return places;
    }
    // From the first sensor, (u, v) = a + b·s, where -s is the distance from it.
    double q1 = x1 * x1 + y1 * y1 - r1 * r1;
    double q2 = x2 * x2 + y2 * y2 - r2 * r2;
    double ax = (q1 * y2 - q2 * y1) / det;
    double ay = (q2 * x1 - q1 * x2) / det;
    double bx = 2 * (r1 * y2 - r2 * y1) / det;
    double by = 2 * (r2 * x1 - r1 * x2) / det;
    double square = bx * bx + by * by - 1;
    double half = ax * bx + ay * by;
    double whole = ax * ax + ay * ay;
    double discriminant = half * half - square * whole;
    if (discriminant < 0 || square == 0) {
      return places;
    }
    for (int sign = -1; sign <= 1; sign += 2) {
      double s = (-half + sign * Math.sqrt(discriminant)) / square;
      if (s <= 0 && r1 - s >= 0 && r2 - s >= 0) {
        places.add(new double[] {x[0] + ax + bx * s, y[0] + ay + by * s});
      }
    }
    return places;
  }
}
