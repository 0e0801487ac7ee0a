package io.tocsin.association;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A pick on the plane of the cell that works with it. */
final class Arrival {

  static final Comparator<Arrival> BY_ONSET = Comparator.comparing(a -> a.pick, Pick.BY_ONSET);

  /** Hardly anything is heard from so many audible radii away. */
  static final double HEARD_RADII = 1.6;

  final Pick pick;
  final double x;
  final double y;

  /** Of its sensor, metres. */
  final double audibleRadius;

  /** One standard deviation of its onset, clock included, seconds. */
  final double sigma;

  /** Of that, what is its sensor's clock's as it is stated, s². */
  final double clockVariance;

  /** Number of its sensor. */
  final long sensor;

  /** What its sensor's picks of its label are counted under. */
  final long source;

  private @Nullable Boolean home;

  /** A sound was said that begins with it. */
  boolean announced;

  /** What it is linked to. */
  @Nullable Cluster cluster;

  /** What it is explained by; none yet for a pick alone. */
  @Nullable Origin origin;

  Arrival(Pick pick, SiteIndex sites, Settings settings) {
    this.pick = pick;
    this.sensor = Background.sensor(pick.sensorId());
    this.source = Background.source(sensor, pick.label());
    SiteIndex.Sited sited = sites.get(sensor);
    if (sited != null && sited.isAt(pick.place())) {
      this.x = sited.x();
      this.y = sited.y();
    } else {
      double[] at = sites.plane().project(pick.place());
      this.x = at[0];
      this.y = at[1];
    }
    this.audibleRadius = sited == null ? settings.reachMetres() / 2 : sited.audibleRadius();
    double own = Math.max(pick.onsetSigmaMicros(), settings.pickFloorMicros());
    double clock = pick.clockUncertaintyMicros();
    this.sigma = 1e-6 * Math.sqrt(own * own + clock * clock);
    this.clockVariance = 1e-12 * clock * clock;
  }

  /** Whether the cell owns the place of its sensor. */
  boolean home(java.util.function.Predicate<GeoPoint> owns) {
    if (home == null) {
      home = owns.test(pick.place());
    }
    return home;
  }

  /**
   * Whether one sound may have made both: |Δt| ≤ d/c + 3·√(σᵢ²+σⱼ²) and what echoes and weather
   * add.
   */
  boolean mayShareSoundWith(Arrival other, Settings settings) {
    double dx = x - other.x;
    double dy = y - other.y;
    double squared = dx * dx + dy * dy;
    double farthest =
        Math.min(2 * settings.reachMetres(), HEARD_RADII * (audibleRadius + other.audibleRadius));
    if (squared > farthest * farthest) {
      return false;
    }
    double apart = Math.abs(pick.onsetMicros() - other.pick.onsetMicros()) * 1e-6;
    double travel = Math.sqrt(squared) / settings.speedOfSound() * settings.stretch();
    return apart
        <= travel
            + 3 * Math.sqrt(sigma * sigma + other.sigma * other.sigma)
            + Settings.LATE_SECONDS;
  }
}
