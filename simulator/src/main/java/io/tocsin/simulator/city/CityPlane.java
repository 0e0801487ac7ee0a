package io.tocsin.simulator.city;

import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;

/** The azimuthal equidistant plane around a city's centre: metres east and north. */
public record CityPlane(double centreLatitudeDegrees, double centreLongitudeDegrees) {

  /** East and north of the centre. */
  public record Point(double eastMetres, double northMetres) {

    /** Straight distance. */
    public double distanceMetres(Point other) {
      return Math.hypot(eastMetres - other.eastMetres, northMetres - other.northMetres);
    }
  }

  /** Where a point of the earth is in the plane. */
  public Point project(double latitudeDegrees, double longitudeDegrees) {
    GeodesicData line =
        Geodesic.WGS84.Inverse(
            centreLatitudeDegrees, centreLongitudeDegrees, latitudeDegrees, longitudeDegrees);
    double azimuth = Math.toRadians(line.azi1);
    return new Point(line.s12 * Math.sin(azimuth), line.s12 * Math.cos(azimuth));
  }

  /** Latitude and longitude, degrees. */
  public double[] geographic(Point point) {
    GeodesicData line =
        Geodesic.WGS84.Direct(
            centreLatitudeDegrees,
            centreLongitudeDegrees,
            Math.toDegrees(Math.atan2(point.eastMetres(), point.northMetres())),
            Math.hypot(point.eastMetres(), point.northMetres()));
    return new double[] {line.lat2, line.lon2};
  }
}
