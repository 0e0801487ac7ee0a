package io.tocsin.association;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Branch and bound over squares of ground around the first sensor to hear a sound: a square's bound
 * is the number of sensors that can agree on an origin somewhere in it.
 */
final class SquareSearch {

  /** Squares are split down to this half width. */
  private static final double LEAF_METRES = 26;

  private static final int MOST_STARTS = 4;
  private static final int MOST_SQUARES = 600;
  private static final double APART_METRES = 60;

  private static final Comparator<Square> BEST_FIRST =
      Comparator.comparingDouble((Square s) -> -s.bound)
          .thenComparingDouble(Square::halfWidth)
          .thenComparingDouble(Square::x)
          .thenComparingDouble(Square::y);

  private final Settings settings;
  private final OriginFit fit;
  private int[] seenBy = new int[16];
  private double[] bestOf = new double[16];
  private int looked;

  SquareSearch(Settings settings, OriginFit fit) {
    this.settings = settings;
    this.fit = fit;
  }

  private record Square(double x, double y, double halfWidth, double bound) {}

  /** The best places to start from for a sound that pick {@code first} was the first of. */
  List<double[]> starts(int first) {
    if (seenBy.length < fit.sensors) {
      seenBy = new int[2 * fit.sensors];
      bestOf = new double[2 * fit.sensors];
    }
    Arrays.fill(seenBy, -1);
    looked = 0;
    double half = LEAF_METRES;
    while (half < settings.reachMetres()) {
      half *= 2;
    }
    List<double[]> starts = new ArrayList<>(MOST_STARTS);
    PriorityQueue<Square> open = new PriorityQueue<>(BEST_FIRST);
    open.add(square(first, fit.px[first], fit.py[first], half));
    while (!open.isEmpty() && starts.size() < MOST_STARTS && looked < MOST_SQUARES) {
      Square square = open.remove();
      if (square.bound < 2.5) {
        break;
      }
      if (square.halfWidth <= LEAF_METRES) {
        boolean news =
            starts.stream()
                .allMatch(s -> LocalPlane.metres(s[0] - square.x, s[1] - square.y) > APART_METRES);
        if (news) {
          starts.add(new double[] {square.x, square.y});
        }
        continue;
      }
      double quarter = square.halfWidth / 2;
      for (int i = 0; i < 4; i++) {
        open.add(
            square(
                first,
                square.x + (i % 2 == 0 ? -quarter : quarter),
                square.y + (i < 2 ? -quarter : quarter),
                quarter));
      }
    }
    return starts;
  }

  private Square square(int first, double x, double y, double half) {
    looked++;
    double c = settings.speedOfSound();
    double radius = half * Math.sqrt(2);
    double here = fit.distance(first, x, y);
    double bound = 1;
    for (int j = 0; j < fit.n; j++) {
      if (j == first || fit.taken[j]) {
        continue;
      }
      double d = fit.distance(j, x, y);
      if (d - radius > settings.reachMetres()) {
        continue;
      }
      double r = Math.abs(fit.pt[j] - fit.pt[first] - (d - here) / c);
      double sigma = Math.sqrt(fit.sigma[j] * fit.sigma[j] + fit.sigma[first] * fit.sigma[first]);
      double reach = 2 * radius / c + 3 * sigma + Settings.LATE_SECONDS / 2;
      if (r > reach) {
        continue;
      }
      // As little as the place may still change it, a worse fit counts less.
      double left = Math.max(0, r - 2 * radius / c) / (reach - 2 * radius / c);
      double worth = 1 - 0.4 * left * left;
      int s = fit.sensor[j];
      if (seenBy[s] != looked) {
        seenBy[s] = looked;
        bestOf[s] = worth;
        bound += worth;
      } else if (worth > bestOf[s]) {
        bound += worth - bestOf[s];
        bestOf[s] = worth;
      }
    }
    return new Square(x, y, half, bound);
  }
}
