package io.tocsin.association;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A located sound on a cell's plane.
 *
 * <p>Its covariance is that of the place, square metres; {@code sigmaMicros} that of the time.
 */
final class Origin {

  final double x;
  final double y;
  final long originMicros;
  final long sigmaMicros;
  final double xx;
  final double xy;
  final double yy;
  final double logLikelihoodRatio;

  /** By onset. */
  final List<Arrival> members;

  private final long[] residualMicros;
  private final List<String> silent;
  private @Nullable SoundEvent event;

  @Nullable Cluster cluster;

  Origin(
      double x,
      double y,
      long originMicros,
      long sigmaMicros,
      double[] covariance,
      double logLikelihoodRatio,
      List<Arrival> members,
      long[] residualMicros,
      List<String> silent) {
    this.x = x;
    this.y = y;
    this.originMicros = originMicros;
    this.sigmaMicros = sigmaMicros;
    this.xx = covariance[0];
    this.xy = covariance[1];
    this.yy = covariance[2];
    this.logLikelihoodRatio = logLikelihoodRatio;
    this.members = members;
    this.residualMicros = residualMicros;
    this.silent = silent;
  }

  /**
   * Log of the likelihood at this very place and time, but for a constant: the evidence is that of
   * all around it, which the volume of its errors stands for.
   */
  double peak() {
    return logLikelihoodRatio - 0.5 * Math.log(xx * yy - xy * xy) - Math.log((double) sigmaMicros);
  }

  /**
   * The same with a doubt whether it was elsewhere: its errors are those about this place of both
   * together. The evidence is that of both.
   *
   * @param other of the same picks
   * @param share how likely the other is, 0 to 1
   */
  Origin doubted(Origin other, double share) {
    double dx = other.x - x;
    double dy = other.y - y;
    double dt = (double) other.originMicros - originMicros;
    double here = 1 - share;
    double here2 = here * sigmaMicros * sigmaMicros;
    double there2 = (double) other.sigmaMicros * other.sigmaMicros + dt * dt;
    return new Origin(
        x,
        y,
        originMicros,
        Math.round(Math.sqrt(here2 + share * there2)),
        new double[] {
          here * xx + share * (other.xx + dx * dx),
          here * xy + share * (other.xy + dx * dy),
          here * yy + share * (other.yy + dy * dy)
        },
        Math.max(logLikelihoodRatio, other.logLikelihoodRatio)
            + Math.log1p(Math.exp(-Math.abs(logLikelihoodRatio - other.logLikelihoodRatio))),
        members,
        residualMicros,
        silent);
  }

  /** Whether another place is beyond the 95 % ellipse of this one. */
  boolean isFarFrom(Origin other) {
    double dx = other.x - x;
    double dy = other.y - y;
    double squared = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / (xx * yy - xy * xy);
    return squared > Location.CHI2_95;
  }

  String label() {
    return members.get(0).pick.label();
  }

  Arrival anchor() {
    return members.get(0);
  }

  double semiMajorMetres() {
    return Math.sqrt(Location.CHI2_95 * ((xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy)));
  }

  /** The same for those outside, in degrees. */
  SoundEvent event(LocalPlane plane) {
    if (event == null) {
      List<SoundEvent.EventPick> picks = new ArrayList<>(members.size());
      for (int i = 0; i < members.size(); i++) {
        picks.add(new SoundEvent.EventPick(members.get(i).pick, residualMicros[i]));
      }
      Location location =
          Location.of(
              plane.unproject(x, y),
              xx,
              xy,
              yy,
              Location.Method.MULTILATERATION,
              azimuthalGapDegrees());
      event =
          new SoundEvent(
              Ids.of(label(), anchor().pick.detectionId()),
              label(),
              originMicros,
              sigmaMicros,
              location,
              List.copyOf(picks),
              silent,
              logLikelihoodRatio);
    }
    return event;
  }

  private double azimuthalGapDegrees() {
    double[] azimuths =
        members.stream()
            .mapToDouble(a -> Math.toDegrees(Math.atan2(a.x - x, a.y - y)))
            .sorted()
            .toArray();
    double gap = azimuths[0] + 360 - azimuths[azimuths.length - 1];
    for (int i = 1; i < azimuths.length; i++) {
      gap = Math.max(gap, azimuths[i] - azimuths[i - 1]);
    }
    return gap;
  }
}
