package io.tocsin.simulator.city.baseline;

import io.tocsin.simulator.city.CityPlane.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Source scanning (Kao and Shan 2004, Geophys. J. Int. 157): picks are moved back in time by the
 * way from each node of a grid, and where most of them meet is a sound; then the rest is scanned
 * again. The place is the node's, improved by least squares over what met there.
 */
final class GridStack {

  private static final double NODE_METRES = 50;

  /** As wide as half a node's diagonal takes, and clocks. */
  private static final double TOLERANCE_SECONDS = 0.15;

  private static final double REACH_METRES = Baseline.REACH_METRES;
  private static final double SPAN_SECONDS = 2 * REACH_METRES / Baseline.SPEED_OF_SOUND;
  private static final int FEWEST = 4;

  private GridStack() {}

  static List<LocatedSound> events(List<PlacedPick> picks) {
    Map<String, List<PlacedPick>> byLabel =
        picks.stream()
            .collect(
                Collectors.groupingBy(p -> p.pick().label(), TreeMap::new, Collectors.toList()));
    List<LocatedSound> sounds = new ArrayList<>();
    byLabel.values().forEach(same -> scan(same, sounds));
    return sounds;
  }

  /** Each pick not yet explained, in turn, is asked what sound it may be the first pick of. */
  private static void scan(List<PlacedPick> same, List<LocatedSound> into) {
    List<PlacedPick> left = new ArrayList<>(same);
    while (!left.isEmpty()) {
      PlacedPick first = left.get(0);
      List<PlacedPick> near = new ArrayList<>();
      for (PlacedPick pick : left) {
        if (pick.seconds() - first.seconds() > SPAN_SECONDS) {
          break;
        }
        if (pick.place().distanceMetres(first.place()) <= 2 * REACH_METRES) {
          near.add(pick);
        }
      }
      List<PlacedPick> best = near.size() < FEWEST ? List.of() : stacked(first, near);
      if (best.size() >= FEWEST) {
        into.add(LocatedSound.byLeastSquares(best));
        left.removeAll(best);
      } else {
        left.remove(0);
      }
    }
  }

  /** The picks that meet at the best node of those from which the first pick can come. */
  private static List<PlacedPick> stacked(PlacedPick first, List<PlacedPick> near) {
    int half = (int) (REACH_METRES / NODE_METRES);
    List<PlacedPick> best = List.of();
    double leastMisfit = Double.POSITIVE_INFINITY;
    for (int i = -half; i <= half; i++) {
      for (int j = -half; j <= half; j++) {
        LocatedSound there = soundAt(first, near, i * NODE_METRES, j * NODE_METRES);
        // Most nodes are ruled out by a count, before it is asked which sensors met there.
        if (near.stream().filter(p -> meets(p, there)).limit(best.size()).count() < best.size()) {
          continue;
        }
        List<PlacedPick> met =
            LocatedSound.onePerSensor(near.stream().filter(p -> meets(p, there)).toList());
        double misfit = met.stream().mapToDouble(p -> Math.abs(there.residualSeconds(p))).sum();
        if (met.size() > best.size() || (met.size() == best.size() && misfit < leastMisfit)) {
          best = met;
          leastMisfit = misfit;
        }
      }
    }
    return best;
  }

  private static LocatedSound soundAt(
      PlacedPick first, List<PlacedPick> near, double east, double north) {
    Point node = new Point(first.place().eastMetres() + east, first.place().northMetres() + north);
    double way = first.place().distanceMetres(node);
    return new LocatedSound(near, node, first.seconds() - way / Baseline.SPEED_OF_SOUND);
  }

  private static boolean meets(PlacedPick pick, LocatedSound there) {
    return Math.abs(there.residualSeconds(pick)) <= TOLERANCE_SECONDS
        && pick.place().distanceMetres(there.place()) <= REACH_METRES;
  }
}
