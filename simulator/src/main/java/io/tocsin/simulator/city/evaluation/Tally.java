package io.tocsin.simulator.city.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What was found, right or wrong, with its score; and how much was missed.
 *
 * @param missed true ones that were not found
 */
public record Tally(List<Scored> found, int missed) {

  /** One that was found. */
  public record Scored(double score, boolean right) {}

  /** Precision, recall and F1 of what scores at least a threshold. */
  public record Point(double threshold, double precision, double recall, double f1) {}

  /** Of nothing there is to find, recall is 1; of nothing found, precision is 1. */
  public Point at(double threshold) {
    long right = found.stream().filter(s -> s.right && s.score >= threshold).count();
    long wrong = found.stream().filter(s -> !s.right && s.score >= threshold).count();
    long toFind = found.stream().filter(Scored::right).count() + missed;
    double precision = right + wrong == 0 ? 1 : (double) right / (right + wrong);
    double recall = toFind == 0 ? 1 : (double) right / toFind;
    double f1 = toFind + right + wrong == 0 ? 1 : 2.0 * right / (right + wrong + toFind);
    return new Point(threshold, precision, recall, f1);
  }

  /** Everything that was found. */
  public Point whole() {
    return at(found.stream().mapToDouble(Scored::score).min().orElse(0));
  }

  /** Points at up to {@code most} thresholds, spread evenly over what was found. */
  public List<Point> curve(int most) {
    List<Double> scores =
        found.stream().map(Scored::score).distinct().sorted(Comparator.naturalOrder()).toList();
    List<Point> points = new ArrayList<>();
    int steps = Math.min(most, scores.size());
    for (int i = 0; i < steps; i++) {
      int at = steps == 1 ? 0 : (int) Math.round((double) i * (scores.size() - 1) / (steps - 1));
      points.add(at(scores.get(at)));
    }
    return points;
  }

  /** Both together. */
  Tally plus(Tally other) {
    List<Scored> all = new ArrayList<>(found);
    all.addAll(other.found);
    return new Tally(all, missed + other.missed);
  }

  static final Tally NONE = new Tally(List.of(), 0);
}
