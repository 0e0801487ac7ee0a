package io.tocsin.association;

/**
 * The plane that touches the WGS 84 ellipsoid at a centre: x east, y north, metres. Within 15 km of
 * the centre distances are short by less than a millionth; much quicker than a geodesic.
 */
final class TangentPlane {

  private static final double EQUATOR_METRES = 6_378_137;
  private static final double ECCENTRICITY_SQUARED = 6.694379990141316e-3;

  private final double[] centre;
  private final double sinLatitude;
  private final double cosLatitude;
  private final double sinLongitude;
  private final double cosLongitude;

  TangentPlane(GeoPoint centre) {
    this.centre = earthCentred(centre);
    double latitude = Math.toRadians(centre.latitudeDegrees());
    double longitude = Math.toRadians(centre.longitudeDegrees());
    this.sinLatitude = Math.sin(latitude);
    this.cosLatitude = Math.cos(latitude);
    this.sinLongitude = Math.sin(longitude);
    this.cosLongitude = Math.cos(longitude);
  }

  double[] project(GeoPoint point) {
    double[] at = earthCentred(point);
    double dx = at[0] - centre[0];
    double dy = at[1] - centre[1];
    double dz = at[2] - centre[2];
    double outward = cosLongitude * dx + sinLongitude * dy;
    return new double[] {
      cosLongitude * dy - sinLongitude * dx, cosLatitude * dz - sinLatitude * outward
    };
  }

  private static double[] earthCentred(GeoPoint point) {
    double latitude = Math.toRadians(point.latitudeDegrees());
    double longitude = Math.toRadians(point.longitudeDegrees());
    double sin = Math.sin(latitude);
    double normal = EQUATOR_METRES / Math.sqrt(1 - ECCENTRICITY_SQUARED * sin * sin);
    double across = normal * Math.cos(latitude);
    return new double[] {
      across * Math.cos(longitude),
      across * Math.sin(longitude),
      normal * (1 - ECCENTRICITY_SQUARED) * sin
    };
  }
}
