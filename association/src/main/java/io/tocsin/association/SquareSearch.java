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

  /** Fewer sensors than these make no origin; squares that promise fewer are not kept. */
  private static final double LEAST_BOUND = 2.5;

  private static final Comparator<Square> BEST_FIRST = SquareSearch::bestFirst;

  private final double reachMetres;
  private final double metresPerSecond;
  private final OriginFit fit;
  private int[] seenBy = new int[16];
  private double[] bestOf = new double[16];
  private int looked;

  /** Of the other picks: what they are, how much later than the first, and by what error. */
  private int others;

  private int[] other = new int[16];
  private double[] later = new double[16];
  private double[] threeSigma = new double[16];

  SquareSearch(Settings settings, OriginFit fit) {
    this.reachMetres = settings.reachMetres();
    this.metresPerSecond = settings.speedOfSound();
    this.fit = fit;
  }

  private record Square(double x, double y, double halfWidth, double bound) {}

  private static int bestFirst(Square a, Square b) {
    int order = Double.compare(b.bound, a.bound);
    order = order != 0 ? order : Double.compare(a.halfWidth, b.halfWidth);
    order = order != 0 ? order : Double.compare(a.x, b.x);
    return order != 0 ? order : Double.compare(a.y, b.y);
  }

  /** The best places to start from for a sound that pick {@code first} was the first of. */
  List<double[]> starts(int first) {
    if (seenBy.length < fit.sensors) {
      seenBy = new int[2 * fit.sensors];
      bestOf = new double[2 * fit.sensors];
    }
    Arrays.fill(seenBy, -1);
    looked = 0;
    others(first);
    double half = LEAF_METRES;
    while (half < reachMetres) {
      half *= 2;
    }
    List<double[]> starts = new ArrayList<>(MOST_STARTS);
    PriorityQueue<Square> open = new PriorityQueue<>(BEST_FIRST);
    add(open, square(first, fit.px[first], fit.py[first], half));
    while (!open.isEmpty() && starts.size() < MOST_STARTS && looked < MOST_SQUARES) {
      Square square = open.remove();
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
        add(
            open,
            square(
                first,
                square.x + (i % 2 == 0 ? -quarter : quarter),
                square.y + (i < 2 ? -quarter : quarter),
                quarter));
      }
    }
    return starts;
  }

  private static void add(PriorityQueue<Square> open, Square square) {
    if (square.bound >= LEAST_BOUND) {
      open.add(square);
    }
  }

  private void others(int first) {
    if (other.length < fit.n) {
      other = new int[2 * fit.n];
      later = new double[2 * fit.n];
      threeSigma = new double[2 * fit.n];
    }
    others = 0;
    for (int i = 0; i < fit.free; i++) {
      int j = fit.freePick[i];
      if (j != first) {
        double sigma = Math.sqrt(fit.sigma[j] * fit.sigma[j] + fit.sigma[first] * fit.sigma[first]);
        other[others] = j;
        later[others] = fit.pt[j] - fit.pt[first];
        threeSigma[others] = 3 * sigma;
        others++;
      }
    }
  }

  private Square square(int first, double x, double y, double half) {
    looked++;
    double c = metresPerSecond;
    double radius = half * Math.sqrt(2);
    double across = 2 * radius / c;
    double here = fit.distance(first, x, y);
    double bound = 1;
    for (int i = 0; i < others; i++) {
      int j = other[i];
      double d = fit.distance(j, x, y);
      if (d - radius > reachMetres) {
        continue;
      }
      double r = Math.abs(later[i] - (d - here) / c);
      double reach = across + threeSigma[i] + Settings.LATE_SECONDS / 2;
      if (r > reach) {
        continue;
      }
      // As little as the place may still change it, a worse fit counts less.
      double left = Math.max(0, r - across) / (reach - across);
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
