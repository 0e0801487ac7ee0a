package io.tocsin.association;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Sounds that too few sensors heard for a point: where they may have been, place by place, for an
 * ellipse tells little of a hyperbola.
 */
final class Regions {

  /** A region is looked at up to so many audible radii away, */
  private static final double RADII = 1.5;

  /** in steps of so many to a radius. */
  private static final int STEPS = 16;

  /** Log odds of a real sound against a chance pick, before any evidence. */
  private static final double PRIOR_LOG_ODDS = -7;

  private final Settings settings;
  private final SiteIndex sites;
  private final Background background;

  /** Of the regions made lately, by identity; with x, y and likelihood of each place. */
  private final IdentityHashMap<SoundEvent, List<double[]>> places = new IdentityHashMap<>();

  Regions(Settings settings, SiteIndex sites, Background background) {
    this.background = background;
    this.settings = settings;
    this.sites = sites;
  }

  /** Regions made before are not asked about any more. */
  void forget() {
    places.clear();
  }

  /**
   * The region of a sound.
   *
   * @param members one a sensor, by onset
   * @param around every pick of the label around, for telling which sensors were silent
   */
  SoundEvent of(List<Arrival> members, List<Arrival> around) {
    Set<String> heard = new HashSet<>();
    around.forEach(a -> heard.add(a.pick.sensorId()));
    double widest = members.stream().mapToDouble(a -> a.audibleRadius).max().orElse(1);
    Arrival first = members.get(0);
    List<SiteIndex.Sited> silent = new ArrayList<>();
    sites.near(first.x, first.y, RADII * widest * 1.5 + settings.reachMetres(), silent);
    silent.removeIf(s -> heard.contains(s.site().sensorId()));
    List<double[]> weighed = places(members, silent, widest);
    double[] m = moments(weighed);
    double floor = Math.pow(widest / STEPS, 2);
    Location location =
        Location.of(
            sites.plane().unproject(m[0], m[1]),
            m[2] + floor,
            m[3],
            m[4] + floor,
            members.size() > 1 ? Location.Method.HYPERBOLIC_REGION : Location.Method.AUDIBLE_REGION,
            null);
    SoundEvent event = event(members, silent, location, m[0], m[1]);
    double most = weighed.stream().mapToDouble(p -> p[2]).max().orElse(0);
    places.put(event, weighed.stream().filter(p -> p[2] >= 1e-3 * most).toList());
    return event;
  }

  /**
   * How much better two events' picks fit two origins within {@code metres} of each other than two
   * anywhere: a Bayes factor. At least one of the events is a region.
   */
  double nearness(SoundEvent a, SoundEvent b, double metres) {
    double together = 0;
    double all = 0;
    for (double[] p : placesOf(a)) {
      for (double[] q : placesOf(b)) {
        double weight = p[2] * q[2];
        all += weight;
        if (Math.hypot(p[0] - q[0], p[1] - q[1]) <= metres) {
          together += weight;
        }
      }
    }
    double radius = Math.max(radiusOf(a), radiusOf(b));
    return together / all / (Math.PI * metres * metres / Math.pow(2 * RADII * radius, 2));
  }

  private double radiusOf(SoundEvent event) {
    SiteIndex.Sited sited = sites.get(event.anchor().sensorId());
    return sited == null ? settings.reachMetres() / 2 : sited.site().audibleRadiusMetres();
  }

  private List<double[]> placesOf(SoundEvent event) {
    List<double[]> known = places.get(event);
    if (known != null) {
      return known;
    }
    double[] at = sites.plane().project(event.location().point());
    List<double[]> one = List.of(new double[] {at[0], at[1], 1});
    places.put(event, one);
    return one;
  }

  /** Places around the first member, each as x, y and its likelihood. */
  private List<double[]> places(
      List<Arrival> members, List<SiteIndex.Sited> silent, double widest) {
    List<double[]> places = new ArrayList<>();
    double step = widest / STEPS;
    for (double dx = -RADII * widest; dx <= RADII * widest; dx += step) {
      for (double dy = -RADII * widest; dy <= RADII * widest; dy += step) {
        double x = members.get(0).x + dx;
        double y = members.get(0).y + dy;
        double weight = heard(members, x, y, 0.5 * step / settings.speedOfSound());
        for (int i = 0; i < silent.size(); i++) {
          SiteIndex.Sited s = silent.get(i);
          double d = Math.sqrt((s.x() - x) * (s.x() - x) + (s.y() - y) * (s.y() - y));
          if (d < 2 * s.site().audibleRadiusMetres()) {
            weight *= 1 - Audibility.probability(d, s.site().audibleRadiusMetres());
          }
        }
        places.add(new double[] {x, y, weight});
      }
    }
    return places;
  }

  private double heard(List<Arrival> members, double x, double y, double coarseSeconds) {
    double weight = 1;
    double weights = 0;
    double sum = 0;
    double squares = 0;
    long base = members.get(0).pick.onsetMicros();
    for (Arrival a : members) {
      double d = Math.hypot(a.x - x, a.y - y);
      weight *= Audibility.probability(d, a.audibleRadius);
      double origin = (a.pick.onsetMicros() - base) * 1e-6 - d / settings.speedOfSound();
      double w = 1 / (a.sigma * a.sigma + coarseSeconds * coarseSeconds);
      weights += w;
      sum += w * origin;
      squares += w * origin * origin;
    }
    if (members.size() > 1) {
      // Chi-square of the origin times that the arrivals imply, about their mean.
      double misfit = Math.max(0, squares - sum * sum / weights);
      weight *= Math.exp(-0.5 * misfit) + 1e-9;
    }
    return weight;
  }

  private static double[] moments(List<double[]> places) {
    double sum = 0;
    double[] m = new double[5];
    for (double[] place : places) {
      sum += place[2];
      m[0] += place[2] * place[0];
      m[1] += place[2] * place[1];
    }
    m[0] /= sum;
    m[1] /= sum;
    for (double[] place : places) {
      double dx = place[0] - m[0];
      double dy = place[1] - m[1];
      m[2] += place[2] / sum * dx * dx;
      m[3] += place[2] / sum * dx * dy;
      m[4] += place[2] / sum * dy * dy;
    }
    return m;
  }

  private SoundEvent event(
      List<Arrival> members, List<SiteIndex.Sited> silent, Location location, double x, double y) {
    long first = members.get(0).pick.onsetMicros();
    double ratio = PRIOR_LOG_ODDS;
    double origin = 0;
    List<SoundEvent.EventPick> picks = new ArrayList<>();
    for (Arrival a : members) {
      double d = Math.hypot(a.x - x, a.y - y);
      double p = Math.max(1e-4, Math.min(1 - 1e-4, a.pick.probability()));
      double expectedFalse = background.perSecond(a.pick, first) * settings.travelMicros() * 1e-6;
      ratio += Math.log(Audibility.probability(d, a.audibleRadius) / expectedFalse);
      ratio += Math.log(p / (1 - p));
      origin += (a.pick.onsetMicros() - d / settings.speedOfSound() * 1e6) / members.size();
      picks.add(new SoundEvent.EventPick(a.pick, 0));
    }
    List<String> missed = new ArrayList<>();
    for (SiteIndex.Sited s : silent) {
      double pd =
          Audibility.probability(Math.hypot(s.x() - x, s.y() - y), s.site().audibleRadiusMetres());
      ratio += Math.log1p(-pd);
      if (pd > 0.5) {
        missed.add(s.site().sensorId());
      }
    }
    picks.sort(Comparator.comparing(SoundEvent.EventPick::pick, Pick.BY_ONSET));
    Pick anchor = picks.get(0).pick();
    double sigma = location.semiMajorMetres() / 2.45 / settings.speedOfSound();
    return new SoundEvent(
        Ids.of(anchor.label(), anchor.detectionId()),
        anchor.label(),
        Math.round(origin),
        Math.round(sigma * 1e6),
        location,
        List.copyOf(picks),
        List.copyOf(missed),
        ratio);
  }
}
