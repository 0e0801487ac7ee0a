package io.tocsin.association;

import io.tocsin.association.Accounts.Best;
import io.tocsin.association.Ears.Ear;
import io.tocsin.association.Ears.Free;
import io.tocsin.association.Ears.Moments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sounds that are evident only because of what was heard beside them: too few sensors picked them,
 * or each under another of their names, or too badly to say where they were.
 *
 * <p>Three accounts of such picks are weighed against one another: a sound within the pattern's
 * distance and time of the located one, a sound anywhere else, and chance. Of each the likelihood
 * ({@link Accounts}) is summed over a grid of places.
 */
final class Companions {

  /**
   * Sounds of the same kind that have nothing to do with it, a square metre and second. A guess.
   */
  private static final double ELSEWHERE_RATE = 16e-6 / 3_600;

  /** Steps of the grid from the located sound to the pattern's distance. */
  private static final int STEPS = 6;

  private static final int MOST_PLACES = (2 * STEPS + 1) * (2 * STEPS + 1);

  private static final double ELSEWHERE_STEP_METRES = 100;

  /** A place with more than this share of the sum of all is looked at more finely. */
  private static final double FINER_SHARE = 0.03;

  /** In how many rows and columns. */
  private static final int FINER = 5;

  /** What is unknown of the world makes evidence count for less than it says. */
  private static final double EVIDENCE_SCALE = 0.5;

  private static final double LIKELY_AUDIBILITY = 0.5;

  private static final Comparator<Best> MOST_LIKELY =
      Comparator.comparingDouble((Best b) -> -b.logLikelihood());

  private final Settings settings;
  private final SiteIndex sites;
  private final Background background;

  Companions(Settings settings, SiteIndex sites, Background background) {
    this.settings = settings;
    this.sites = sites;
    this.background = background;
  }

  /**
   * The sound beside {@code one} that explains free picks best.
   *
   * @param free picks of what is wanted, of any sensor
   * @param busy sensors whose picks of it belong to other sounds: they tell nothing
   * @param likeliest probability of the alert if it is certain; one that the pattern would have
   *     less likely than its minimum is not looked for any further
   * @return with the log of the odds that it is one, for its evidence; null where there is none
   */
  @Nullable SoundEvent beside(
      Origin one, Pattern pattern, Collection<Arrival> free, Set<String> busy, double likeliest) {
    double radius = pattern.withinMetres() + one.semiMajorMetres();
    long slack = 2 * one.sigmaMicros;
    long from = one.originMicros - pattern.withinMicros() - slack;
    long to = one.originMicros + pattern.withinMicros() + slack;
    double step = radius / STEPS;
    // At the same moment it is the located sound itself, under another name.
    long notFrom = one.originMicros - settings.oneSoundMicros();
    long notTo = one.originMicros + settings.oneSoundMicros();
    Moments near = new Moments(from, to, notFrom, notTo);
    if (free.stream().noneMatch(a -> mayBeOnTime(a, one, radius, near))) {
      return null;
    }
    List<Ear> listed = ears(one, radius, free, busy);
    Ears ears = new Ears(listed);
    double c = settings.speedOfSound();
    Accounts accounts = new Accounts(ears, step, c);
    double seconds = (to - from) * 1e-6;
    double share = Evidence.COMPANIED * step * step / (Math.PI * radius * radius * seconds);
    double bound = AccountBound.of(ears, one.x, one.y, radius, accounts.coarse(), near, c);
    if (share * MOST_PLACES * Math.exp(Math.min(300, bound)) < 1 - Evidence.COMPANIED) {
      return null;
    }
    List<Best> places = accounts.places(one.x, one.y, radius, near);
    if (places.isEmpty()) {
      return null;
    }
    double here =
        Evidence.COMPANIED * sum(places) * step * step / (Math.PI * radius * radius * seconds);
    if (here < 1 - Evidence.COMPANIED) {
      return null;
    }
    double most = EVIDENCE_SCALE * (Math.log(here) - Math.log(1 - Evidence.COMPANIED));
    if (likeliest * PatternMatcher.logistic(most) < pattern.minimumProbability()) {
      return null;
    }
    double there = ELSEWHERE_RATE * elsewhere(ears, one, new Moments(from, to, to, to));
    double odds = EVIDENCE_SCALE * (Math.log(here) - Math.log(1 - Evidence.COMPANIED + there));
    return event(accounts, listed, places, step, odds);
  }

  /** Whether a sound within {@code radius} of the located one may have made it, at its time. */
  private boolean mayBeOnTime(Arrival arrival, Origin one, double radius, Moments moments) {
    double d = LocalPlane.metres(arrival.x - one.x, arrival.y - one.y);
    double c = settings.speedOfSound();
    double onset = arrival.pick.onsetMicros();
    return onset - (d - radius - 1) / c * 1e6 >= moments.from()
        && onset - (d + radius + 1) / c * 1e6 <= moments.to();
  }

  /**
   * The likelihood of a sound anywhere within reach, summed over square metres. Where it is largest
   * the grid is finer: against one of 15 m the odds are off by 0.05 (root mean square of a city's
   * alerts), with 360 places; an even one of 40 m needs 1,260 and is off by 0.10.
   */
  private double elsewhere(Ears ears, Origin one, Moments moments) {
    double c = settings.speedOfSound();
    double step = ELSEWHERE_STEP_METRES;
    double fineStep = step / FINER;
    Accounts fine = new Accounts(ears, fineStep, c);
    List<Best> places =
        new Accounts(ears, step, c).places(one.x, one.y, settings.reachMetres(), moments);
    double much = FINER_SHARE * sum(places);
    double sum = 0;
    for (Best place : places) {
      double here = likelihood(place);
      sum +=
          here > much
              ? sum(fine.square(place.x(), place.y(), FINER, moments)) * fineStep * fineStep
              : here * step * step;
    }
    return sum;
  }

  private static double sum(List<Best> places) {
    double sum = 0;
    for (Best best : places) {
      sum += likelihood(best);
    }
    return sum;
  }

  private static double likelihood(Best best) {
    return Math.exp(Math.min(300, best.logLikelihood()));
  }

  private List<Ear> ears(Origin one, double radius, Collection<Arrival> free, Set<String> busy) {
    TreeMap<String, Ear> ears = new TreeMap<>();
    sites.near(
        one.x,
        one.y,
        settings.reachMetres() + radius,
        (x, y, metres, audibleRadius, sensor, site) -> {
          String id = site.sensorId();
          if (!busy.contains(id)) {
            ears.put(id, new Ear(id, x, y, audibleRadius, new ArrayList<>(1)));
          }
        });
    List<Arrival> ordered = new ArrayList<>(free);
    ordered.sort(Arrival.BY_ONSET);
    for (Arrival a : ordered) {
      String id = a.pick.sensorId();
      double p = Math.max(1e-3, Math.min(1 - 1e-3, a.pick.probability()));
      double odds = Math.log(p / (1 - p) / background.perSecond(a, a.pick.onsetMicros()));
      ears.computeIfAbsent(id, i -> new Ear(i, a.x, a.y, a.audibleRadius, new ArrayList<>(1)))
          .picks()
          .add(new Free(a, odds));
    }
    return new ArrayList<>(ears.values());
  }

  private SoundEvent event(
      Accounts accounts, List<Ear> ears, List<Best> places, double step, double odds) {
    Best best = places.stream().min(MOST_LIKELY).orElseThrow();
    double origin = accounts.origin(best.onTime(), best);
    double coarse = accounts.coarse();
    List<Free> members = new ArrayList<>();
    List<String> missed = new ArrayList<>();
    for (Ear ear : ears) {
      double d = ear.distance(best.x(), best.y());
      Free heard = null;
      double most = Audibility.logMissed(d, ear.audibleRadius());
      for (Free a : ear.picks()) {
        double ratio = accounts.heard(a, best);
        if (a.arrival() == best.onTime().arrival() || ratio > most) {
          heard = a;
          most = a.arrival() == best.onTime().arrival() ? Double.POSITIVE_INFINITY : ratio;
        }
      }
      if (heard != null) {
        members.add(heard);
      } else if (Audibility.probability(d, ear.audibleRadius()) > LIKELY_AUDIBILITY) {
        missed.add(ear.sensorId());
      }
    }
    members.sort(Comparator.comparing(Free::arrival, Arrival.BY_ONSET));
    List<SoundEvent.EventPick> picks = new ArrayList<>();
    for (Free a : members) {
      double late = accounts.origin(a, best) - origin;
      picks.add(new SoundEvent.EventPick(a.arrival().pick, Math.round(late)));
    }
    Pick anchor = members.get(0).arrival().pick;
    return new SoundEvent(
        Ids.of(anchor.label(), anchor.detectionId()),
        anchor.label(),
        Math.round(origin),
        Math.round(Math.hypot(best.onTime().arrival().sigma, coarse) * 1e6),
        location(places, best, step, members.size()),
        List.copyOf(picks),
        List.copyOf(missed),
        odds);
  }

  private Location location(List<Best> places, Best best, double step, int sensors) {
    double[] m = new double[6];
    for (Best place : places) {
      double weight = Math.exp(EVIDENCE_SCALE * (place.logLikelihood() - best.logLikelihood()));
      m[0] += weight;
      m[1] += weight * (place.x() - best.x());
      m[2] += weight * (place.y() - best.y());
      m[3] += weight * (place.x() - best.x()) * (place.x() - best.x());
      m[4] += weight * (place.x() - best.x()) * (place.y() - best.y());
      m[5] += weight * (place.y() - best.y()) * (place.y() - best.y());
    }
    double[] mean = Arrays.stream(m).map(v -> v / m[0]).toArray();
    return Location.of(
        sites.plane().unproject(best.x() + mean[1], best.y() + mean[2]),
        mean[3] - mean[1] * mean[1] + step * step,
        mean[4] - mean[1] * mean[2],
        mean[5] - mean[2] * mean[2] + step * step,
        sensors > 1 ? Location.Method.HYPERBOLIC_REGION : Location.Method.AUDIBLE_REGION,
        null);
  }
}
