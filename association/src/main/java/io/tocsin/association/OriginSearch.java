package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The origins that a set of picks of one label makes: a function of the set.
 *
 * <p>Each pick is tried as the earliest of a sound. Starts near it are refined; where they leave
 * picks unexplained that could belong, squares of ground around it are searched by branch and bound
 * (after OctoTree in PyOcto, Münchmeyer, Seismica 2024, with time taken from the first pick). The
 * origin with the most evidence takes its picks, and the rest is searched again.
 */
final class OriginSearch {

  /** Arrivals that leave a longer 95 % ellipse than this give a region: sensors in a row, say. */
  private static final double WIDEST_POINT_METRES = 150;

  /** Less evidence than this, as a log of odds, is chance. */
  private static final double LEAST_EVIDENCE = -3;

  private static final long ECHO_MICROS = 1_500_000;

  private static final double START_GATE_SECONDS = 0.35;

  /**
   * Few arrivals in a row fit two places, one on each side of their sensors: where the 95 % ellipse
   * is longer than this, the other one is looked for.
   */
  private static final double DOUBTFUL_METRES = 25;

  /** So few arrivals may fit two places equally well, however short the ellipse of each. */
  static final int FEW = 4;

  /**
   * Picks of a sound that tells of wind and clocks: two more than place, time and slowness take.
   */
  private static final int TELLING = 6;

  /** Of such a sound, as a log of odds: no chance. */
  private static final double TELLING_EVIDENCE = 5;

  /** What is less likely lies outside of 95 % anyhow. */
  private static final double LEAST_SHARE = 0.05;

  private final Settings settings;
  private final OriginFit fit;
  private final SquareSearch squares;
  private final Evidence evidence;

  OriginSearch(
      Settings settings, SiteIndex sites, Background background, Wind wind, Clocks clocks) {
    this.settings = settings;
    this.fit = new OriginFit(settings, wind, clocks);
    this.squares = new SquareSearch(settings, fit);
    this.evidence = new Evidence(settings, sites, background);
  }

  /** Every origin in {@code sorted} picks, the most evident first. */
  List<Origin> origins(List<Arrival> sorted) {
    return origins(sorted, null);
  }

  /** Of these origins the one that {@code of} belongs to; null where it belongs to none. */
  @Nullable Origin origin(List<Arrival> sorted, Arrival of) {
    List<Origin> origins = origins(sorted, of);
    Origin last = origins.isEmpty() ? null : origins.get(origins.size() - 1);
    return last != null && last.members.contains(of) ? last : null;
  }

  /**
   * @param last what is found after the origin of this one is not wanted; null: all are
   */
  private List<Origin> origins(List<Arrival> sorted, @Nullable Arrival last) {
    if (sorted.size() < 3) {
      return List.of();
    }
    fit.load(sorted);
    if (fit.sensors < 3) {
      return List.of();
    }
    int n = fit.n;
    evidence.heard(sorted);
    int[][] linked = links(sorted);
    Origin[] found = new Origin[n];
    boolean[] searched = new boolean[n];
    int[] echoes = new int[n];
    List<Origin> origins = new ArrayList<>(1);
    while (true) {
      Origin best = null;
      int[] bounds = bounds(linked);
      for (int i : mostFirst(bounds)) {
        if (best != null && best.members.size() >= bounds[i]) {
          break;
        }
        if (!searched[i]) {
          found[i] = search(i, bounds[i], linked[i], echoes);
          searched[i] = true;
        }
        Origin candidate = found[i];
        if (candidate != null
            && (best == null || candidate.logLikelihoodRatio > best.logLikelihoodRatio)) {
          best = candidate;
        }
      }
      if (best == null) {
        return origins;
      }
      origins.add(best.members.size() > FEW ? best : doubted(best, echoes));
      if (last != null && best.members.contains(last)) {
        return origins;
      }
      take(best, linked, searched, echoes);
    }
  }

  /** Fits {@code sorted} from a solution known before; null when they do not agree any more. */
  @Nullable Origin refined(List<Arrival> sorted, Origin from) {
    fit.load(sorted);
    evidence.heard(sorted);
    double t = (from.originMicros - fit.baseMicros) * 1e-6;
    return fit.fit(from.x, from.y, t, 0.03) ? origin(null) : null;
  }

  /** Has wind and clocks learned from a settled origin, if it has picks enough to tell. */
  void tell(Origin origin) {
    if (origin.members.size() < TELLING || origin.logLikelihoodRatio < TELLING_EVIDENCE) {
      return;
    }
    fit.load(origin.members);
    double t = (origin.originMicros - fit.baseMicros) * 1e-6;
    if (fit.fit(origin.x, origin.y, t, 0.03)) {
      fit.tellWind();
      fit.tellClocks();
    }
  }

  /** For each pick the others that one sound may have made with it, by onset. */
  private int[][] links(List<Arrival> sorted) {
    int n = fit.n;
    int[][] linked = new int[n][8];
    int[] count = new int[n];
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        if (fit.sensor[i] != fit.sensor[j]
            && sorted.get(i).mayShareSoundWith(sorted.get(j), settings)) {
          link(linked, count, i, j);
          link(linked, count, j, i);
        }
      }
    }
    for (int i = 0; i < n; i++) {
      linked[i] = Arrays.copyOf(linked[i], count[i]);
    }
    return linked;
  }

  private static void link(int[][] linked, int[] count, int of, int with) {
    if (count[of] == linked[of].length) {
      linked[of] = Arrays.copyOf(linked[of], 2 * count[of]);
    }
    linked[of][count[of]++] = with;
  }

  /** For each free pick the most sensors that a sound can have which it is the first to hear. */
  private int[] bounds(int[][] linked) {
    int n = fit.n;
    int[] bounds = new int[n];
    int[] seenBy = new int[fit.sensors];
    Arrays.fill(seenBy, -1);
    for (int i = 0; i < n; i++) {
      if (fit.taken[i]) {
        continue;
      }
      bounds[i] = 1;
      for (int j : linked[i]) {
        if (!fit.taken[j]
            && fit.pt[j] > fit.pt[i] - Settings.LATE_SECONDS
            && seenBy[fit.sensor[j]] != i) {
          seenBy[fit.sensor[j]] = i;
          bounds[i]++;
        }
      }
    }
    return bounds;
  }

  /** Picks that three sensors or more may share a sound with, those of most sensors first. */
  private static int[] mostFirst(int[] bounds) {
    long[] order = new long[bounds.length];
    int size = 0;
    for (int i = 0; i < bounds.length; i++) {
      if (bounds[i] >= 3) {
        order[size++] = ((long) -bounds[i] << Integer.SIZE) + i;
      }
    }
    Arrays.sort(order, 0, size);
    int[] picks = new int[size];
    for (int i = 0; i < size; i++) {
      picks[i] = (int) order[i];
    }
    return picks;
  }

  private @Nullable Origin search(int first, int bound, int[] linked, int[] echoes) {
    boolean[] others = Arrays.copyOf(fit.taken, fit.n);
    Arrays.fill(fit.taken, 0, fit.n, true);
    fit.taken[first] = others[first];
    for (int j : linked) {
      fit.taken[j] = others[j];
    }
    fit.select();
    try {
      Origin best = null;
      double[] centre = centre(first);
      for (int start = 0; start < 2; start++) {
        double x = start == 0 ? centre[0] : fit.px[first] + 1;
        double y = start == 0 ? centre[1] : fit.py[first] + 1;
        best = better(best, first, x, y, echoes);
        if (best != null
            && best.members.size() == bound
            && best.semiMajorMetres() < DOUBTFUL_METRES) {
          return best;
        }
      }
      // Three arrivals that agree at all are found from near their sensors.
      for (double[] start : bound > 3 ? squares.starts(first) : List.<double[]>of()) {
        best = better(best, first, start[0], start[1], echoes);
      }
      return best;
    } finally {
      System.arraycopy(others, 0, fit.taken, 0, fit.n);
    }
  }

  /**
   * The likelier of the two places that fit its picks, if there is another than its own, with the
   * doubt that it was the other: three hyperbolas may meet twice, and sensors in a row hear both
   * sides alike. The likelier is the one with more evidence, errors and all, not the one where the
   * likelihood is highest: that is the one near the sensors, whose ellipse is short. A doubt that
   * no ellipse of a point can hold is left out.
   */
  private Origin doubted(Origin found, int[] echoes) {
    boolean[] others = new boolean[fit.n];
    int[] picks = new int[found.members.size()];
    int k = 0;
    for (int j = 0; j < fit.n; j++) {
      others[j] = fit.taken[j];
      fit.taken[j] = !found.members.contains(fit.arrivals[j]);
      if (!fit.taken[j]) {
        picks[k++] = j;
      }
    }
    try {
      Origin other = null;
      for (double[] start : meetings(picks)) {
        double t =
            fit.pt[picks[0]] - fit.distance(picks[0], start[0], start[1]) / settings.speedOfSound();
        if (fit.fit(start[0], start[1], t, START_GATE_SECONDS)) {
          Origin there = origin(echoes);
          if (there.members.equals(found.members)
              && found.isFarFrom(there)
              && (other == null || there.logLikelihoodRatio > other.logLikelihoodRatio)) {
            other = there;
          }
        }
      }
      if (other == null) {
        return found;
      }
      return other.logLikelihoodRatio > found.logLikelihoodRatio
              && other.semiMajorMetres() <= WIDEST_POINT_METRES
          ? doubted(other, found)
          : doubted(found, other);
    } finally {
      System.arraycopy(others, 0, fit.taken, 0, fit.n);
    }
  }

  private static Origin doubted(Origin likelier, Origin other) {
    double odds =
        PatternMatcher.EVIDENCE_SCALE * (other.logLikelihoodRatio - likelier.logLikelihoodRatio);
    double share = 1 / (1 + Math.exp(-odds));
    Origin doubted = likelier.doubted(other, share);
    // A longer ellipse says where it was no more, and everything around would belong to it.
    return share < LEAST_SHARE || doubted.semiMajorMetres() > WIDEST_POINT_METRES
        ? likelier
        : doubted;
  }

  /** Where every three of a few picks place their sound, had they no errors. */
  private List<double[]> meetings(int[] picks) {
    List<double[]> meetings = new ArrayList<>();
    double[] x = new double[3];
    double[] y = new double[3];
    double[] ranges = new double[3];
    // Each of four is left out once; of three, none.
    for (int left = 3; left >= (picks.length > 3 ? 0 : 3); left--) {
      int k = 0;
      for (int i = 0; i < picks.length; i++) {
        if (i != left) {
          x[k] = fit.px[picks[i]];
          y[k] = fit.py[picks[i]];
          ranges[k++] = fit.pt[picks[i]] * settings.speedOfSound();
        }
      }
      meetings.addAll(Hyperbolas.meet(x, y, ranges));
    }
    return meetings;
  }

  /** Between the first sensor and the next ones to hear it. */
  private double[] centre(int first) {
    double x = 3 * fit.px[first];
    double y = 3 * fit.py[first];
    double weight = 3;
    int others = 0;
    for (int k = 0; k < fit.free && others < 3; k++) {
      int j = fit.freePick[k];
      if (j > first) {
        double w = 2.0 / (others + 1);
        x += w * fit.px[j];
        y += w * fit.py[j];
        weight += w;
        others++;
      }
    }
    return new double[] {x / weight, y / weight};
  }

  private @Nullable Origin better(
      @Nullable Origin best, int first, double x, double y, int[] echoes) {
    double t = fit.pt[first] - fit.distance(first, x, y) / settings.speedOfSound();
    if (!fit.fit(x, y, t, START_GATE_SECONDS)
        || fit.semiMajorMetres() > WIDEST_POINT_METRES
        || LocalPlane.metres(fit.x - x, fit.y - y) > 2 * settings.reachMetres()) {
      return best;
    }
    Origin found = origin(echoes);
    boolean evident = found.logLikelihoodRatio >= LEAST_EVIDENCE;
    return evident && (best == null || isBetter(found, best)) ? found : best;
  }

  /** Of two places for the same picks the likelier one; else the sound that is more evident. */
  private static boolean isBetter(Origin found, Origin best) {
    return found.members.equals(best.members)
        ? found.peak() > best.peak()
        : found.logLikelihoodRatio > best.logLikelihoodRatio;
  }

  private Origin origin(int @Nullable [] echoes) {
    List<Arrival> members = new ArrayList<>(fit.count);
    int[] picks = new int[fit.count];
    int k = 0;
    for (int s = 0; s < fit.sensors; s++) {
      if (fit.chosen(s) >= 0) {
        picks[k++] = fit.chosen(s);
      }
    }
    Arrays.sort(picks);
    long[] residuals = new long[picks.length];
    for (int i = 0; i < picks.length; i++) {
      members.add(fit.arrivals[picks[i]]);
      residuals[i] = Math.round(fit.residual(picks[i]) * 1e6);
    }
    double ratio = evidence.logLikelihoodRatio(fit, picks, echoes);
    return new Origin(
        fit.x,
        fit.y,
        fit.baseMicros + Math.round(fit.t * 1e6),
        Math.round(Math.sqrt(fit.tt) * 1e6),
        new double[] {fit.xx, fit.xy, fit.yy},
        ratio,
        List.copyOf(members),
        residuals,
        evidence.silent());
  }

  /** Marks an origin's picks as taken, and what may be its echoes; forgets what counted on them. */
  private void take(Origin origin, int[][] linked, boolean[] searched, int[] echoes) {
    for (int i = 0; i < fit.n; i++) {
      if (fit.taken[i]) {
        continue;
      }
      boolean member = origin.members.contains(fit.arrivals[i]);
      fit.taken[i] |= member;
      boolean echo = !member && isEcho(fit.arrivals[i], origin, settings);
      echoes[i] |= echo ? 1 : 0;
      if (member || echo) {
        for (int j : linked[i]) {
          searched[j] = false;
        }
        searched[i] = false;
      }
    }
  }

  /** Whether a pick that does not fit lies where the sound, or more of it, could be heard. */
  static boolean isEcho(Arrival arrival, Origin origin, Settings settings) {
    double d = LocalPlane.metres(arrival.x - origin.x, arrival.y - origin.y);
    if (d > settings.reachMetres() + origin.semiMajorMetres()) {
      return false;
    }
    double late =
        arrival.pick.onsetMicros() - origin.originMicros - d / settings.speedOfSound() * 1e6;
    return late > -300_000 && late < ECHO_MICROS;
  }
}
