package io.tocsin.scoring.evaluate;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How well scores put positives above negatives, whatever the threshold. */
public final class Ranking {

  static final Comparator<Scored> ASCENDING = Comparator.comparingDouble(Scored::score);

  private Ranking() {}

  /**
   * Area under the ROC curve: the chance that a positive scores above a negative, ties counting
   * half (Hanley and McNeil 1982; by mid-ranks, as in the Mann-Whitney test).
   *
   * @return from 0 to 1; null without a positive or without a negative
   */
  public static @Nullable Double auc(List<Scored> sounds) {
    List<Scored> sorted = sounds.stream().sorted(ASCENDING).toList();
    long positives = positives(sorted);
    long negatives = sorted.size() - positives;
    if (positives == 0 || negatives == 0) {
      return null;
    }
    double rankSum = 0;
    for (int from = 0; from < sorted.size(); ) {
      int to = endOfTie(sorted, from);
      // Ranks count from 1; a tie shares its ranks' mean.
      rankSum += positives(sorted.subList(from, to)) * (from + 1 + to) / 2.0;
      from = to;
    }
    return (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
  }

  /**
   * Average precision: precision at each distinct score, weighted by the recall it adds (Manning,
   * Raghavan and Schütze 2008, section 8.4), without interpolation.
   *
   * @return from 0 to 1; null without a positive
   */
  public static @Nullable Double averagePrecision(List<Scored> sounds) {
    List<Scored> sorted = sounds.stream().sorted(ASCENDING.reversed()).toList();
    long positives = positives(sorted);
    if (positives == 0) {
      return null;
    }
    double sum = 0;
    long found = 0;
    for (int from = 0; from < sorted.size(); ) {
      int to = endOfTie(sorted, from);
      long added = positives(sorted.subList(from, to));
      found += added;
      sum += (double) added / positives * found / to;
      from = to;
    }
    return sum;
  }

  static long positives(List<Scored> sounds) {
    long count = 0;
    for (Scored sound : sounds) {
      count += sound.positive() ? 1 : 0;
    }
    return count;
  }

  /** The first place behind {@code from} that has another score. */
  static int endOfTie(List<Scored> sorted, int from) {
    int to = from + 1;
    while (to < sorted.size() && sorted.get(to).score() == sorted.get(from).score()) {
      to++;
    }
    return to;
  }
}
