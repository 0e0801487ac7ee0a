package io.tocsin.scoring.evaluate;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What another sound is taken for.
 *
 * @param heard what it really is
 * @param n sounds of it
 * @param passed of those, at or above the threshold
 * @param highest highest score among them
 */
public record Confusion(String heard, int n, int passed, double highest) {

  /** A sound that is not the label, by what it is. */
  public record Other(String heard, double score) {}

  /** Share of the sounds at or above the threshold. */
  public double share() {
    return (double) passed / n;
  }

  /**
   * The hardest first: by how many pass, then by the highest score.
   *
   * @param most how many to name at most
   */
  public static List<Confusion> hardest(List<Other> others, double threshold, int most) {
    Map<String, Confusion> byName = new TreeMap<>();
    for (Other other : others) {
      Confusion one =
          new Confusion(other.heard(), 1, other.score() >= threshold ? 1 : 0, other.score());
      byName.merge(other.heard(), one, Confusion::and);
    }
    return byName.values().stream()
        .sorted(
            Comparator.comparingInt(Confusion::passed)
                .thenComparingDouble(Confusion::highest)
                .reversed()
                .thenComparing(Confusion::heard))
        .limit(most)
        .toList();
  }

  private Confusion and(Confusion other) {
    return new Confusion(
        heard, n + other.n, passed + other.passed, Math.max(highest, other.highest));
  }
}
