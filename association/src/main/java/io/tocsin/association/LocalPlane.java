package io.tocsin.association;

import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;
import net.sf.geographiclib.GeodesicMask;

/**
 * An azimuthal equidistant plane around a centre: x east, y north, metres. Distances from the
 * centre are exact; between points within 5 km of it they are off by less than 2 mm a kilometre.
 */
final class LocalPlane {

  private static final int INVERSE = GeodesicMask.DISTANCE | GeodesicMask.AZIMUTH;

  private final GeoPoint centre;

  LocalPlane(GeoPoint centre) {
    this.centre = centre;
  }

  double[] project(GeoPoint point) {
    GeodesicData line =
        Geodesic.WGS84.Inverse(
            centre.latitudeDegrees(),
            centre.longitudeDegrees(),
            point.latitudeDegrees(),
            point.longitudeDegrees(),
            INVERSE);
    double azimuth = Math.toRadians(line.azi1);
    return new double[] {line.s12 * Math.sin(azimuth), line.s12 * Math.cos(azimuth)};
  }

  GeoPoint unproject(double x, double y) {
    GeodesicData line =
        Geodesic.WGS84.Direct(
            centre.latitudeDegrees(),
            centre.longitudeDegrees(),
            Math.toDegrees(Math.atan2(x, y)),
            Math.hypot(x, y));
    return new GeoPoint(line.lat2, line.lon2);
  }

  /** Between points of a plane: Math.hypot guards against overflow, at ten times the time. */
  static double metres(double dx, double dy) {
    return Math.sqrt(dx * dx + dy * dy);
  }

  static double distanceMetres(GeoPoint a, GeoPoint b) {
    return Geodesic.WGS84.Inverse(
            a.latitudeDegrees(),
            a.longitudeDegrees(),
            b.latitudeDegrees(),
            b.longitudeDegrees(),
            GeodesicMask.DISTANCE)
        .s12;
  }
}
