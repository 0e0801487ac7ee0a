package io.tocsin.association;

import org.jspecify.annotations.Nullable;

/**
 * Where a sound came from.
 *
 * @param point most likely, or the centre of the region
 * @param semiMajorMetres of the 95 % ellipse
 * @param azimuthDegrees of its major axis, clockwise from north, 0 to 180
 * @param azimuthalGapDegrees widest angle at the point without a sensor that heard it; null for a
 *     region
 */
public record Location(
    GeoPoint point,
    double semiMajorMetres,
    double semiMinorMetres,
    double azimuthDegrees,
    Method method,
    @Nullable Double azimuthalGapDegrees) {

  /** Chi-square quantile of two degrees of freedom at 95 %. */
  static final double CHI2_95 = 5.991;

  /** How it was found. */
  public enum Method {
    /** Least squares over three arrivals or more: a point. */
    MULTILATERATION,
    /** Two arrivals, or more that leave it open where on a curve: a region. */
    HYPERBOLIC_REGION,
    /** One sensor: the region that it hears. */
    AUDIBLE_REGION
  }

  Location as(Method other) {
    return new Location(
        point, semiMajorMetres, semiMinorMetres, azimuthDegrees, other, azimuthalGapDegrees);
  }

  /** From a covariance in a plane with x east and y north, square metres. */
  static Location of(
      GeoPoint point, double xx, double xy, double yy, Method method, @Nullable Double gap) {
    double mean = (xx + yy) / 2;
    double radius = Math.hypot((xx - yy) / 2, xy);
    double azimuth = Math.toDegrees(0.5 * Math.atan2(2 * xy, yy - xx));
    return new Location(
        point,
        Math.sqrt(CHI2_95 * Math.max(0, mean + radius)),
        Math.sqrt(CHI2_95 * Math.max(0, mean - radius)),
        (azimuth + 180) % 180,
        method,
        gap);
  }

  /** Variance along the direction {@code (east, north)}, a unit vector; square metres. */
  double varianceAlong(double east, double north) {
    double azimuth = Math.toRadians(azimuthDegrees);
    double along = Math.sin(azimuth) * east + Math.cos(azimuth) * north;
    double across = Math.cos(azimuth) * east - Math.sin(azimuth) * north;
    return (Math.pow(semiMajorMetres * along, 2) + Math.pow(semiMinorMetres * across, 2)) / CHI2_95;
  }
}
