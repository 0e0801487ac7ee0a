package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sounds that are evident only because of what was heard beside them: too few sensors picked them,
 * or each under another of their names, or too badly to say where they were.
 *
 * <p>Three accounts of such picks are weighed against one another: a sound within the pattern's
 * distance and time of the located one, a sound anywhere else, and chance. Of each the likelihood
 * is summed over a grid of places; with one of the picks held to be on time, it is
 *
 * <pre>
 *   ∏ Pd·p/(1−p)·f(residual)/λ  over sensors that picked it  ·  ∏ (1 − Pd)  over those that did not
 * </pre>
 */
final class Companions {

  /**
   * Sounds of the same kind that have nothing to do with it, a square metre and second. A guess.
   */
  private static final double ELSEWHERE_RATE = 16e-6 / 3_600;

  /** Steps of the grid from the located sound to the pattern's distance. */
  private static final int STEPS = 6;

  private static final double ELSEWHERE_STEP_METRES = 40;

  /** What is unknown of the world makes evidence count for less than it says. */
  private static final double EVIDENCE_SCALE = 0.5;

  private static final double LIKELY_AUDIBILITY = 0.5;

  private static final Comparator<Best> MOST_LIKELY =
      Comparator.comparingDouble((Best b) -> -b.logLikelihood);

  private final Settings settings;
  private final SiteIndex sites;
  private final Background background;

  Companions(Settings settings, SiteIndex sites, Background background) {
    this.settings = settings;
    this.sites = sites;
    this.background = background;
  }

  /**
   * What was picked and nothing else explains.
   *
   * @param odds log of p/(1−p)/λ: what it says before place and time are looked at
   */
  private record Free(Arrival arrival, double odds) {

    double distance(double x, double y) {
      return LocalPlane.metres(arrival.x - x, arrival.y - y);
    }
  }

  /** A sensor near the located sound, and what it picked. */
  private record Ear(String sensorId, double x, double y, double audibleRadius, List<Free> picks) {

    double distance(double atX, double atY) {
      return LocalPlane.metres(x - atX, y - atY);
    }
  }

  /** When a sound may have been made: from one moment to another, but for a while between. */
  private record Moments(long from, long to, long notFrom, long notTo) {

    boolean has(double micros) {
      return micros >= from && micros <= to && (micros <= notFrom || micros >= notTo);
    }
  }

  /** The likeliest account of a sound from a place. */
  private record Best(double x, double y, double logLikelihood, Free onTime) {}

  /**
   * The sound beside {@code one} that explains free picks best.
   *
   * @param free picks of what is wanted, of any sensor
   * @param busy sensors whose picks of it belong to other sounds: they tell nothing
   * @return with the log of the odds that it is one, for its evidence; null where there is none
   */
  @Nullable SoundEvent beside(
      Origin one, Pattern pattern, Collection<Arrival> free, Set<String> busy) {
    if (free.isEmpty()) {
      return null;
    }
    double radius = pattern.withinMetres() + one.semiMajorMetres();
    List<Ear> ears = ears(one, radius, free, busy);
    long slack = 2 * one.sigmaMicros;
    long from = one.originMicros - pattern.withinMicros() - slack;
    long to = one.originMicros + pattern.withinMicros() + slack;
    double step = radius / STEPS;
    // At the same moment it is the located sound itself, under another name.
    long notFrom = one.originMicros - settings.oneSoundMicros();
    long notTo = one.originMicros + settings.oneSoundMicros();
    Moments near = new Moments(from, to, notFrom, notTo);
    List<Best> places = places(ears, one.x, one.y, radius, step, near);
    if (places.isEmpty()) {
      return null;
    }
    double seconds = (to - from) * 1e-6;
    double here =
        Evidence.COMPANIED * sum(places) * step * step / (Math.PI * radius * radius * seconds);
    if (here < 1 - Evidence.COMPANIED) {
      return null;
    }
    List<Best> elsewhere =
        places(
            ears,
            one.x,
            one.y,
            settings.reachMetres(),
            ELSEWHERE_STEP_METRES,
            new Moments(from, to, to, to));
    double square = ELSEWHERE_STEP_METRES * ELSEWHERE_STEP_METRES;
    double there = ELSEWHERE_RATE * sum(elsewhere) * square;
    double odds = EVIDENCE_SCALE * (Math.log(here) - Math.log(1 - Evidence.COMPANIED + there));
    return event(ears, places, step, odds);
  }

  private static double sum(List<Best> places) {
    double sum = 0;
    for (Best best : places) {
      sum += Math.exp(Math.min(300, best.logLikelihood));
    }
    return sum;
  }

  private List<Ear> ears(Origin one, double radius, Collection<Arrival> free, Set<String> busy) {
    TreeMap<String, Ear> ears = new TreeMap<>();
    List<SiteIndex.Sited> near = new ArrayList<>(64);
    sites.near(one.x, one.y, settings.reachMetres() + radius, near);
    for (SiteIndex.Sited s : near) {
      String id = s.site().sensorId();
      if (!busy.contains(id)) {
        ears.put(id, new Ear(id, s.x(), s.y(), s.site().audibleRadiusMetres(), new ArrayList<>(1)));
      }
    }
    List<Arrival> ordered = new ArrayList<>(free);
    ordered.sort(Arrival.BY_ONSET);
    for (Arrival a : ordered) {
      String id = a.pick.sensorId();
      double p = Math.max(1e-3, Math.min(1 - 1e-3, a.pick.probability()));
      double odds = Math.log(p / (1 - p) / background.perSecond(a, a.pick.onsetMicros()));
      ears.computeIfAbsent(id, i -> new Ear(i, a.x, a.y, a.audibleRadius, new ArrayList<>(1)))
          .picks
          .add(new Free(a, odds));
    }
    return new ArrayList<>(ears.values());
  }

  /** For each place of a grid around another the likeliest account; none where there is none. */
  private List<Best> places(
      List<Ear> ears, double x, double y, double radius, double step, Moments moments) {
    double coarse = step / 2 / settings.speedOfSound();
    List<Best> places = new ArrayList<>(16 * STEPS);
    List<Ear> heard = ears.stream().filter(ear -> !ear.picks.isEmpty()).toList();
    double[] missed = new double[heard.size()];
    int steps = (int) Math.ceil(radius / step);
    for (int column = -steps; column <= steps; column++) {
      for (int row = -steps; row <= steps; row++) {
        double atX = x + column * step;
        double atY = y + row * step;
        if (LocalPlane.metres(atX - x, atY - y) <= radius && anyOnTime(heard, atX, atY, moments)) {
          places.add(best(ears, heard, atX, atY, coarse, moments, missed));
        }
      }
    }
    return places;
  }

  private boolean anyOnTime(List<Ear> heard, double x, double y, Moments moments) {
    for (int i = 0; i < heard.size(); i++) {
      List<Free> picks = heard.get(i).picks;
      for (int k = 0; k < picks.size(); k++) {
        if (moments.has(origin(picks.get(k), x, y))) {
          return true;
        }
      }
    }
    return false;
  }

  private Best best(
      List<Ear> ears,
      List<Ear> heard,
      double x,
      double y,
      double coarse,
      Moments moments,
      double[] missed) {
    double all = 0;
    int k = 0;
    for (int i = 0; i < ears.size(); i++) {
      Ear ear = ears.get(i);
      double silence = Audibility.logMissed(ear.distance(x, y), ear.audibleRadius);
      all += silence;
      if (!ear.picks.isEmpty()) {
        missed[k++] = silence;
      }
    }
    Best best = null;
    for (int i = 0; i < heard.size(); i++) {
      for (Free onTime : heard.get(i).picks) {
        double origin = origin(onTime, x, y);
        if (!moments.has(origin)) {
          continue;
        }
        double ratio = all;
        for (int j = 0; j < heard.size(); j++) {
          double most = Double.NEGATIVE_INFINITY;
          for (Free a : heard.get(j).picks) {
            if (j != i || a.arrival == onTime.arrival) {
              most = Math.max(most, heard(a, onTime, origin, x, y, coarse));
            }
          }
          ratio += j == i ? most - missed[j] : Math.max(0, most - missed[j]);
        }
        if (best == null || ratio > best.logLikelihood) {
          best = new Best(x, y, ratio, onTime);
        }
      }
    }
    return Objects.requireNonNull(best, "a place is looked at for a pick that is on time there");
  }

  /** When a sound from there was made, micros, if the pick was on time. */
  private double origin(Free onTime, double x, double y) {
    return onTime.arrival.pick.onsetMicros()
        - onTime.distance(x, y) / settings.speedOfSound() * 1e6;
  }

  private double heard(Free a, Free onTime, double origin, double x, double y, double coarse) {
    double d = a.distance(x, y);
    double ratio = Audibility.logHeard(d, a.arrival.audibleRadius) + a.odds;
    if (a.arrival == onTime.arrival) {
      // Its density is what the sum over all times of origin is taken of.
      return ratio;
    }
    double late =
        (a.arrival.pick.onsetMicros() - d / settings.speedOfSound() * 1e6 - origin) * 1e-6;
    double own = a.arrival.sigma;
    double other = onTime.arrival.sigma;
    double sigma = Math.sqrt(own * own + other * other + coarse * coarse);
    return ratio + Math.log(OriginFit.density(late, sigma));
  }

  private SoundEvent event(List<Ear> ears, List<Best> places, double step, double odds) {
    Best best = places.stream().min(MOST_LIKELY).orElseThrow();
    double origin = origin(best.onTime, best.x, best.y);
    double coarse = step / 2 / settings.speedOfSound();
    List<Free> members = new ArrayList<>();
    List<String> missed = new ArrayList<>();
    for (Ear ear : ears) {
      double d = ear.distance(best.x, best.y);
      Free heard = null;
      double most = Audibility.logMissed(d, ear.audibleRadius);
      for (Free a : ear.picks) {
        double ratio = heard(a, best.onTime, origin, best.x, best.y, coarse);
        if (a.arrival == best.onTime.arrival || ratio > most) {
          heard = a;
          most = a.arrival == best.onTime.arrival ? Double.POSITIVE_INFINITY : ratio;
        }
      }
      if (heard != null) {
        members.add(heard);
      } else if (Audibility.probability(d, ear.audibleRadius) > LIKELY_AUDIBILITY) {
        missed.add(ear.sensorId);
      }
    }
    members.sort(Comparator.comparing(Free::arrival, Arrival.BY_ONSET));
    List<SoundEvent.EventPick> picks = new ArrayList<>();
    for (Free a : members) {
      double late = origin(a, best.x, best.y) - origin;
      picks.add(new SoundEvent.EventPick(a.arrival.pick, Math.round(late)));
    }
    Pick anchor = members.get(0).arrival.pick;
    return new SoundEvent(
        Ids.of(anchor.label(), anchor.detectionId()),
        anchor.label(),
        Math.round(origin),
        Math.round(Math.hypot(best.onTime.arrival.sigma, coarse) * 1e6),
        location(places, best, step, members.size()),
        List.copyOf(picks),
        List.copyOf(missed),
        odds);
  }

  private Location location(List<Best> places, Best best, double step, int sensors) {
    double[] m = new double[6];
    for (Best place : places) {
      double weight = Math.exp(EVIDENCE_SCALE * (place.logLikelihood - best.logLikelihood));
      m[0] += weight;
      m[1] += weight * (place.x - best.x);
      m[2] += weight * (place.y - best.y);
      m[3] += weight * (place.x - best.x) * (place.x - best.x);
      m[4] += weight * (place.x - best.x) * (place.y - best.y);
      m[5] += weight * (place.y - best.y) * (place.y - best.y);
    }
    double[] mean = Arrays.stream(m).map(v -> v / m[0]).toArray();
    return Location.of(
        sites.plane().unproject(best.x + mean[1], best.y + mean[2]),
        mean[3] - mean[1] * mean[1] + step * step,
        mean[4] - mean[1] * mean[2],
        mean[5] - mean[2] * mean[2] + step * step,
        sensors > 1 ? Location.Method.HYPERBOLIC_REGION : Location.Method.AUDIBLE_REGION,
        null);
  }
}
