package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of the odds that an origin is real.
 *
 * <p>Each sensor that heard it brings ln(Pd(d)·f(s|true)·f(residual)) − ln(λ·f(s|false)), each near
 * and silent one ln(1 − Pd(d)); the place's and time's uncertainty is integrated over (Laplace),
 * and the rate of real sounds weighs against that of chance.
 */
final class Evidence implements SiteIndex.Visitor {

  /** Real sounds of a label, a square metre and second: one a square kilometre and hour. */
  private static final double REAL_RATE = 1e-6 / 3_600;

  /** Echoes of a sound at a sensor and more picks of the same cry, a second, soon after it. */
  private static final double ECHO_RATE = 0.3;

  /**
   * Share of the sounds of a pattern that come with the others. With ten times as much, lone picks
   * beside a sound made an alert in two of three rendered scenes.
   */
  static final double COMPANIED = 0.02;

  /** Of one that would hear it with 1 %: less says nothing. */
  private static final double LEAST_MISSED = Math.log1p(-0.01);

  /** Of one that would more likely hear it than not. */
  private static final double LIKELY_MISSED = Math.log1p(-0.5);

  private final Settings settings;
  private final SiteIndex sites;
  private final Background background;

  /** Numbers of sensors, rising. */
  private long[] heard = new long[0];

  private final List<String> missed = new ArrayList<>();
  private double silence;
  private List<String> silent = List.of();

  /**
   * What it says for a sound that a pattern's other sound was heard beside it: the log of how much
   * denser such sounds are there than anywhere, if one in fifty has a companion.
   */
  static double ofCompanion(Pattern pattern) {
    double squareMetres = Math.PI * pattern.withinMetres() * pattern.withinMetres();
    double seconds = 2e-6 * pattern.withinMicros();
    return Math.max(0, Math.log(COMPANIED / (squareMetres * seconds) / REAL_RATE));
  }

  Evidence(Settings settings, SiteIndex sites, Background background) {
    this.settings = settings;
    this.sites = sites;
    this.background = background;
  }

  /** What follows is about these picks: their sensors were not silent. */
  void heard(List<Arrival> picks) {
    heard = picks.stream().mapToLong(arrival -> arrival.sensor).sorted().toArray();
  }

  /** Sensors that should have heard the last origin asked for, and did not. */
  List<String> silent() {
    return silent;
  }

  /**
   * @param echo of each pick, 1 where an earlier origin may have made it
   */
  double logLikelihoodRatio(OriginFit fit, int[] picks, int @Nullable [] echo) {
    double ratio = Math.log(REAL_RATE) + 1.5 * Math.log(2 * Math.PI);
    // In metres of travel; the time's share of the volume is in seconds.
    ratio += 0.5 * Math.log(fit.determinant) - Math.log(settings.speedOfSound());
    for (int i : picks) {
      double chanceRate = background.perSecond(fit.arrivals[i], fit.baseMicros);
      if (echo != null && echo[i] > 0) {
        chanceRate = Math.max(chanceRate, ECHO_RATE);
      }
      Arrival arrival = fit.arrivals[i];
      double p = Math.max(1e-3, Math.min(1 - 1e-3, arrival.pick.probability()));
      ratio += Audibility.logHeard(fit.distance(i, fit.x, fit.y), arrival.audibleRadius);
      double density = OriginFit.density(fit.residual(i), fit.sigma[i]);
      ratio += Math.log(density / chanceRate * p / (1 - p));
    }
    return ratio + silence(fit.x, fit.y);
  }

  /** The log of the probability that those that did not hear a sound from there missed it. */
  double silence(double x, double y) {
    missed.clear();
    silence = 0;
    sites.near(x, y, settings.reachMetres(), this);
    silent = List.copyOf(missed);
    return silence;
  }

  @Override
  public void visit(
      double x, double y, double metres, double audibleRadius, long sensor, SensorSite site) {
    double logMissed = Audibility.logMissed(metres, audibleRadius);
    if (logMissed < LEAST_MISSED && Arrays.binarySearch(heard, sensor) < 0) {
      silence += logMissed;
      if (logMissed < LIKELY_MISSED) {
        missed.add(site.sensorId());
      }
    }
  }
}
