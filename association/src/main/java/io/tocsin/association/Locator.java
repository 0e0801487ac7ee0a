package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.LUDecomposition;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.RealVector;
import org.jspecify.annotations.Nullable;

/** Finds the origin that the most sensors of a group of picks agree on. */
final class Locator {

  /** Side of the smallest square that is looked at before refinement. */
  private static final double LEAF_METRES = 40;

  private static final int ITERATIONS = 25;
  private static final double HUBER = 1.5;

  /** Arrivals that leave a longer 95 % ellipse than this give a region: sensors in a row, say. */
  private static final double WIDEST_POINT_METRES = 150;

  /** A region is looked at up to so many audible radii away, */
  private static final double REGION_RADII = 1.5;

  /** in steps of so many to a radius. */
  private static final int REGION_STEPS = 20;

  private static final int MOST_KNOWN_PAIRS = 1_024;

  private final Settings settings;
  private final Map<String, SensorSite> sites;
  private final Map<Pair, Double> nearnesses = new RecentlyUsed<>(MOST_KNOWN_PAIRS);

  Locator(Settings settings, Map<String, SensorSite> sites) {
    this.settings = settings;
    this.sites = sites;
  }

  /**
   * The best-supported event among {@code candidates}.
   *
   * @param group every pick of the label around, for telling which sensors were silent
   */
  SoundEvent locate(List<Pick> candidates, List<Pick> group) {
    GeoPoint centre = candidates.get(0).place();
    Problem problem = new Problem(new LocalPlane(centre), candidates);
    Hypothesis best = problem.nucleate();
    Hypothesis refined = best.members.size() >= 3 ? problem.refine(best) : best;
    if (refined.members.size() >= 3 && refined.covariance != null) {
      SoundEvent point = problem.point(refined, group);
      if (point.location().semiMajorMetres() <= WIDEST_POINT_METRES) {
        return point;
      }
    }
    return problem.region(best, group);
  }

  /**
   * How much better two events' picks fit two origins within {@code metres} of each other than two
   * anywhere: a Bayes factor. At least one of the events is a region; its places are weighed one by
   * one, for an ellipse tells little of a hyperbola.
   */
  double nearness(SoundEvent a, SoundEvent b, double metres) {
    return nearnesses.computeIfAbsent(
        new Pair(a, b, metres), pair -> nearnessOf(pair.a, pair.b, pair.metres));
  }

  private record Pair(SoundEvent a, SoundEvent b, double metres) {}

  private double nearnessOf(SoundEvent a, SoundEvent b, double metres) {
    LocalPlane plane = new LocalPlane(a.location().point());
    List<double[]> ofA = likelyPlaces(a, plane);
    List<double[]> ofB = likelyPlaces(b, plane);
    double together = 0;
    double all = 0;
    for (double[] p : ofA) {
      for (double[] q : ofB) {
        double weight = p[2] * q[2];
        all += weight;
        if (Math.hypot(p[0] - q[0], p[1] - q[1]) <= metres) {
          together += weight;
        }
      }
    }
    double radius = Math.max(radiusOf(a), radiusOf(b));
    double share = Math.PI * metres * metres / Math.pow(2 * REGION_RADII * radius, 2);
    return together / all / share;
  }

  private double radiusOf(SoundEvent event) {
    SensorSite site = sites.get(event.anchor().sensorId());
    return site == null ? settings.reachMetres() / 2 : site.audibleRadiusMetres();
  }

  private List<double[]> likelyPlaces(SoundEvent event, LocalPlane plane) {
    if (event.location().method() == Location.Method.MULTILATERATION) {
      double[] place = plane.project(event.location().point());
      return List.of(new double[] {place[0], place[1], 1});
    }
    List<Pick> picks = event.picks().stream().map(SoundEvent.EventPick::pick).toList();
    Problem problem = new Problem(plane, picks);
    List<SensorSite> silent =
        event.silentSensors().stream().map(sites::get).filter(Objects::nonNull).toList();
    List<double[]> places =
        problem.places(IntStream.range(0, picks.size()).boxed().toList(), silent);
    double most = places.stream().mapToDouble(p -> p[2]).max().orElse(0);
    return places.stream().filter(p -> p[2] >= 1e-3 * most).toList();
  }

  /** An origin and the picks that fit it. */
  private static final class Hypothesis {

    private final double x;
    private final double y;
    private final double originMicros;
    private final List<Integer> members;
    private final @Nullable RealMatrix covariance;

    Hypothesis(
        double x,
        double y,
        double originMicros,
        List<Integer> members,
        @Nullable RealMatrix covariance) {
      this.x = x;
      this.y = y;
      this.originMicros = originMicros;
      this.members = members;
      this.covariance = covariance;
    }
  }

  /** A square of ground with the most that an origin in it can score. */
  private static final class Square {

    private static final Comparator<Square> BEST_FIRST =
        Comparator.comparingDouble((Square s) -> -s.bound)
            .thenComparingDouble(s -> s.halfWidth)
            .thenComparingDouble(s -> s.x)
            .thenComparingDouble(s -> s.y);

    private final double x;
    private final double y;
    private final double halfWidth;
    private final double bound;
    private final @Nullable Hypothesis found;

    Square(double x, double y, double halfWidth, double bound, @Nullable Hypothesis found) {
      this.x = x;
      this.y = y;
      this.halfWidth = halfWidth;
      this.bound = bound;
      this.found = found;
    }
  }

  private final class Problem {

    private final LocalPlane plane;
    private final List<Pick> picks;
    private final double[][] at;
    private final double[] sigma;
    private final double[] radius;
    private final int[] sensorOf;
    private final int sensors;
    private final double[] bySensor;
    private final double microsPerMetre = 1e6 / settings.speedOfSound();

    Problem(LocalPlane plane, List<Pick> picks) {
      this.plane = plane;
      this.picks = picks;
      this.at = picks.stream().map(p -> plane.project(p.place())).toArray(double[][]::new);
      this.sigma = picks.stream().mapToDouble(this::sigma).toArray();
      this.radius = picks.stream().mapToDouble(this::radius).toArray();
      Map<String, Integer> numbers = new HashMap<>();
      this.sensorOf =
          picks.stream()
              .mapToInt(p -> numbers.computeIfAbsent(p.sensorId(), id -> numbers.size()))
              .toArray();
      this.sensors = numbers.size();
      this.bySensor = new double[sensors];
    }

    private double sigma(Pick pick) {
      return Math.sqrt(
          Math.pow((double) pick.onsetSigmaMicros(), 2)
              + Math.pow((double) pick.clockUncertaintyMicros(), 2)
              + Math.pow((double) settings.pickFloorMicros(), 2));
    }

    private double distance(int pick, double x, double y) {
      return Math.hypot(at[pick][0] - x, at[pick][1] - y);
    }

    private double gate(int pick) {
      return 3 * sigma[pick] + 30_000;
    }

    /**
     * Branch and bound over squares of ground, the most promising first, down to {@link
     * #LEAF_METRES}: the bound of a square is the weight of the sensors whose picks can agree on an
     * origin somewhere within it, so nothing better is passed over.
     */
    Hypothesis nucleate() {
      double minX = Arrays.stream(at).mapToDouble(p -> p[0]).min().orElse(0);
      double maxX = Arrays.stream(at).mapToDouble(p -> p[0]).max().orElse(0);
      double minY = Arrays.stream(at).mapToDouble(p -> p[1]).min().orElse(0);
      double maxY = Arrays.stream(at).mapToDouble(p -> p[1]).max().orElse(0);
      double halfWidth = LEAF_METRES / 2;
      while (2 * halfWidth < Math.max(maxX - minX, maxY - minY) + settings.reachMetres()) {
        halfWidth *= 2;
      }
      PriorityQueue<Square> open = new PriorityQueue<>(Square.BEST_FIRST);
      open.add(square((minX + maxX) / 2, (minY + maxY) / 2, halfWidth));
      while (true) {
        Square square = open.remove();
        if (square.found != null) {
          return square.found;
        }
        if (square.halfWidth <= LEAF_METRES / 2) {
          Hypothesis found = agreement(square.x, square.y, LEAF_METRES);
          open.add(new Square(square.x, square.y, 0, score(found), found));
          continue;
        }
        double quarter = square.halfWidth / 2;
        for (int i = 0; i < 4; i++) {
          open.add(
              square(
                  square.x + (i % 2 == 0 ? -quarter : quarter),
                  square.y + (i < 2 ? -quarter : quarter),
                  quarter));
        }
      }
    }

    private Square square(double x, double y, double halfWidth) {
      return new Square(x, y, halfWidth, bound(x, y, halfWidth), null);
    }

    /** The most that {@link #score} can be for an origin in a square. */
    private double bound(double x, double y, double halfWidth) {
      int n = picks.size();
      double slack = halfWidth * Math.sqrt(2);
      double[] from = new double[n];
      double[] to = new double[n];
      double[] worth = new double[n];
      for (int i = 0; i < n; i++) {
        double d = distance(i, x, y);
        double width = (slack + 0.75 * LEAF_METRES) * microsPerMetre + gate(i);
        double origin = picks.get(i).onsetMicros() - d * microsPerMetre;
        from[i] = origin - width;
        to[i] = origin + width;
        worth[i] = 1 + 0.2 * Math.log(Audibility.probability(Math.max(0, d - slack), radius[i]));
      }
      double best = Double.NEGATIVE_INFINITY;
      // A largest set of overlapping intervals begins where one of them begins.
      for (int k = 0; k < n; k++) {
        double sum = 0;
        for (int sensor = 0; sensor < sensors; sensor++) {
          bySensor[sensor] = 0;
        }
        for (int i = 0; i < n; i++) {
          if (from[i] <= from[k] && to[i] >= from[k] && worth[i] > bySensor[sensorOf[i]]) {
            sum += worth[i] - bySensor[sensorOf[i]];
            bySensor[sensorOf[i]] = worth[i];
          }
        }
        best = Math.max(best, sum);
      }
      return best;
    }

    /** The origin time that the most picks agree on, if the source is at x, y. */
    private Hypothesis agreement(double x, double y, double width) {
      int n = picks.size();
      Integer[] order = new Integer[n];
      double[] origin = new double[n];
      double[] weightOf = new double[n];
      for (int i = 0; i < n; i++) {
        order[i] = i;
        double d = distance(i, x, y);
        origin[i] = picks.get(i).onsetMicros() - d * microsPerMetre;
        weightOf[i] = 1 + 0.2 * Math.log(Audibility.probability(d, radius[i]));
      }
      Arrays.sort(order, Comparator.<Integer>comparingDouble(i -> origin[i]).thenComparing(i -> i));
      double tolerance = 0.75 * width * microsPerMetre;
      List<Integer> bestMembers = List.of();
      double bestWeight = -1;
      for (int from = 0; from < n; from++) {
        Map<String, Integer> bySensor = new HashMap<>();
        double weight = 0;
        for (int k = from; k < n; k++) {
          int i = order[k];
          if (origin[i] - origin[order[from]] > 2 * (tolerance + gate(i))) {
            break;
          }
          if (bySensor.putIfAbsent(picks.get(i).sensorId(), i) == null) {
            weight += weightOf[i];
          }
        }
        if (weight > bestWeight + 1e-9) {
          bestWeight = weight;
          bestMembers = bySensor.values().stream().sorted().toList();
        }
      }
      double[] origins = bestMembers.stream().mapToDouble(i -> origin[i]).sorted().toArray();
      double median = origins.length == 0 ? origin[0] : origins[origins.length / 2];
      return new Hypothesis(x, y, median, bestMembers, null);
    }

    /** More picks are better; then those that agree more closely. */
    private double score(Hypothesis h) {
      double score = 0;
      for (int i : h.members) {
        double residual = residual(i, h.x, h.y, h.originMicros) / (gate(i) + 100_000);
        double pd = Audibility.probability(distance(i, h.x, h.y), radius[i]);
        score += 1 - 0.4 * Math.min(1, residual * residual) + 0.2 * Math.log(pd);
      }
      return score;
    }

    private double residual(int i, double x, double y, double originMicros) {
      return picks.get(i).onsetMicros() - originMicros - distance(i, x, y) * microsPerMetre;
    }

    /** Gauss-Newton with Huber's weights; members are taken anew as the origin moves. */
    Hypothesis refine(Hypothesis start) {
      double x = start.x;
      double y = start.y;
      double t = start.originMicros;
      List<Integer> members = start.members;
      RealMatrix covariance = null;
      for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        RealMatrix normal = new Array2DRowRealMatrix(3, 3);
        RealVector right = new ArrayRealVector(3);
        double weighted = 0;
        for (int i : members) {
          double d = Math.max(1e-3, distance(i, x, y));
          double r = residual(i, x, y, t) / sigma[i];
          double w = Math.abs(r) <= HUBER ? 1 : HUBER / Math.abs(r);
          double[] row = {
            (x - at[i][0]) / d * microsPerMetre / sigma[i],
            (y - at[i][1]) / d * microsPerMetre / sigma[i],
            // The origin time is solved for in metres of travel, for the matrix's condition.
            microsPerMetre / sigma[i]
          };
          for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) {
              normal.addToEntry(a, b, w * row[a] * row[b]);
            }
            right.addToEntry(a, w * row[a] * r);
          }
          weighted += w * r * r;
        }
        for (int a = 0; a < 3; a++) {
          normal.addToEntry(a, a, 1e-6);
        }
        DecompositionSolver solver = new LUDecomposition(normal).getSolver();
        if (!solver.isNonSingular()) {
          return start;
        }
        RealVector step = solver.solve(right);
        double length = Math.hypot(step.getEntry(0), step.getEntry(1));
        double damping = Math.min(1, 100 / Math.max(1e-9, length));
        x += damping * step.getEntry(0);
        y += damping * step.getEntry(1);
        t += damping * step.getEntry(2) * microsPerMetre;
        double excess = members.size() > 3 ? Math.max(1, weighted / (members.size() - 3)) : 1;
        covariance = solver.getInverse().scalarMultiply(excess);
        if (length < 0.01) {
          List<Integer> fitting = fitting(x, y, t);
          if (fitting.equals(members) || fitting.size() < 3) {
            break;
          }
          members = fitting;
        }
      }
      boolean lost =
          Math.hypot(x - start.x, y - start.y) > settings.reachMetres() || members.size() < 3;
      return lost ? start : new Hypothesis(x, y, t, members, covariance);
    }

    /** For each sensor its pick that fits the origin best, if it fits. */
    private List<Integer> fitting(double x, double y, double t) {
      Map<String, Integer> bySensor = new HashMap<>();
      for (int i = 0; i < picks.size(); i++) {
        double r = Math.abs(residual(i, x, y, t));
        if (r > gate(i) || distance(i, x, y) > settings.reachMetres()) {
          continue;
        }
        Integer other = bySensor.get(picks.get(i).sensorId());
        if (other == null || r < Math.abs(residual(other, x, y, t))) {
          bySensor.put(picks.get(i).sensorId(), i);
        }
      }
      return bySensor.values().stream().sorted().toList();
    }

    SoundEvent point(Hypothesis h, List<Pick> group) {
      RealMatrix covariance = Objects.requireNonNull(h.covariance);
      Location location =
          Location.of(
              plane.unproject(h.x, h.y),
              covariance.getEntry(0, 0),
              covariance.getEntry(0, 1),
              covariance.getEntry(1, 1),
              Location.Method.MULTILATERATION,
              azimuthalGap(h));
      double sigmaMicros = Math.sqrt(covariance.getEntry(2, 2)) * microsPerMetre;
      return event(h, location, Math.round(sigmaMicros), group, true);
    }

    /** Mean and spread of where the sound may have been, when arrivals do not pin it to a point. */
    SoundEvent region(Hypothesis h, List<Pick> group) {
      List<Integer> members = h.members;
      Set<String> heard = heardBy(group);
      List<SensorSite> silent =
          sites.values().stream().filter(site -> !heard.contains(site.sensorId())).toList();
      List<double[]> places = places(members, silent);
      double sum = 0;
      double sx = 0;
      double sy = 0;
      double sxx = 0;
      double sxy = 0;
      double syy = 0;
      for (double[] place : places) {
        double x = place[0];
        double y = place[1];
        double weight = place[2];
        sum += weight;
        sx += weight * x;
        sy += weight * y;
        sxx += weight * x * x;
        sxy += weight * x * y;
        syy += weight * y * y;
      }
      double mx = sx / sum;
      double my = sy / sum;
      double floor = Math.pow(widest(members) / REGION_STEPS, 2);
      Location location =
          Location.of(
              plane.unproject(mx, my),
              sxx / sum - mx * mx + floor,
              sxy / sum - mx * my,
              syy / sum - my * my + floor,
              members.size() > 1
                  ? Location.Method.HYPERBOLIC_REGION
                  : Location.Method.AUDIBLE_REGION,
              null);
      double origin =
          members.stream()
              .mapToDouble(i -> picks.get(i).onsetMicros() - distance(i, mx, my) * microsPerMetre)
              .average()
              .orElse(0);
      Hypothesis centred = new Hypothesis(mx, my, origin, members, null);
      long sigmaMicros = Math.round(location.semiMajorMetres() / 2.45 * microsPerMetre);
      return event(centred, location, sigmaMicros, group, false);
    }

    private double widest(List<Integer> members) {
      return members.stream().mapToDouble(i -> radius[i]).max().orElse(1);
    }

    /** Places around the first member, each as x, y and its likelihood. */
    private List<double[]> places(List<Integer> members, List<SensorSite> silent) {
      double widest = widest(members);
      List<double[]> silentAt = new ArrayList<>();
      for (SensorSite site : silent) {
        double[] there = plane.project(site.place());
        silentAt.add(new double[] {there[0], there[1], site.audibleRadiusMetres()});
      }
      List<double[]> places = new ArrayList<>();
      double step = widest / REGION_STEPS;
      for (double dx = -REGION_RADII * widest; dx <= REGION_RADII * widest; dx += step) {
        for (double dy = -REGION_RADII * widest; dy <= REGION_RADII * widest; dy += step) {
          double x = at[members.get(0)][0] + dx;
          double y = at[members.get(0)][1] + dy;
          places.add(new double[] {x, y, likelihood(members, silentAt, x, y)});
        }
      }
      return places;
    }

    private double likelihood(List<Integer> members, List<double[]> silent, double x, double y) {
      double weight = 1;
      for (int i : members) {
        weight *= Audibility.probability(distance(i, x, y), radius[i]);
      }
      if (members.size() > 1) {
        weight *= Math.exp(-0.5 * misfit(members, x, y)) + 1e-9;
      }
      for (double[] sensor : silent) {
        double d = Math.hypot(sensor[0] - x, sensor[1] - y);
        weight *= 1 - Audibility.probability(d, sensor[2]);
      }
      return weight;
    }

    /** Chi-square of the origin times that the arrivals imply, about their mean. */
    private double misfit(List<Integer> members, double x, double y) {
      // Half a step of the grid is part of the uncertainty.
      double coarse = 0.5 * widest(members) / REGION_STEPS * microsPerMetre;
      double weights = 0;
      double sum = 0;
      double squares = 0;
      for (int i : members) {
        double origin = picks.get(i).onsetMicros() - picks.get(members.get(0)).onsetMicros();
        origin -= distance(i, x, y) * microsPerMetre;
        double weight = 1 / (sigma[i] * sigma[i] + coarse * coarse);
        weights += weight;
        sum += weight * origin;
        squares += weight * origin * origin;
      }
      return Math.max(0, squares - sum * sum / weights);
    }

    private SoundEvent event(
        Hypothesis h, Location location, long sigmaMicros, List<Pick> group, boolean point) {
      List<SoundEvent.EventPick> members = new ArrayList<>();
      double ratio = 0;
      double expectedFalse = settings.falsePicksPerHour() * settings.travelMicros() / 3.6e9;
      for (int i : h.members) {
        Pick pick = picks.get(i);
        double p = Math.max(1e-4, Math.min(1 - 1e-4, pick.probability()));
        double pd = Audibility.probability(distance(i, h.x, h.y), radius[i]);
        ratio += Math.log(pd) + Math.log(p / (1 - p)) - Math.log(expectedFalse);
        long residual = point ? Math.round(residual(i, h.x, h.y, h.originMicros)) : 0;
        members.add(new SoundEvent.EventPick(pick, residual));
      }
      members.sort(Comparator.comparing(SoundEvent.EventPick::pick, Pick.BY_ONSET));
      Set<String> heard = heardBy(group);
      List<String> silent = new ArrayList<>();
      for (SensorSite site : sites.values()) {
        double d = LocalPlane.distanceMetres(site.place(), location.point());
        double pd = Audibility.probability(d, site.audibleRadiusMetres());
        if (!heard.contains(site.sensorId())) {
          ratio += Math.log(1 - pd);
          if (pd > 0.5) {
            silent.add(site.sensorId());
          }
        }
      }
      Pick anchor = members.get(0).pick();
      return new SoundEvent(
          Ids.of(anchor.label(), anchor.detectionId()),
          anchor.label(),
          Math.round(h.originMicros),
          sigmaMicros,
          location,
          List.copyOf(members),
          List.copyOf(silent),
          ratio);
    }

    private Set<String> heardBy(List<Pick> group) {
      Set<String> heard = new HashSet<>();
      group.forEach(p -> heard.add(p.sensorId()));
      return heard;
    }

    private double azimuthalGap(Hypothesis h) {
      double[] azimuths =
          h.members.stream()
              .mapToDouble(i -> Math.toDegrees(Math.atan2(at[i][0] - h.x, at[i][1] - h.y)))
              .sorted()
              .toArray();
      double gap = azimuths[0] + 360 - azimuths[azimuths.length - 1];
      for (int i = 1; i < azimuths.length; i++) {
        gap = Math.max(gap, azimuths[i] - azimuths[i - 1]);
      }
      return gap;
    }

    private double radius(Pick pick) {
      SensorSite site = sites.get(pick.sensorId());
      return site == null ? settings.reachMetres() / 2 : site.audibleRadiusMetres();
    }
  }
}
