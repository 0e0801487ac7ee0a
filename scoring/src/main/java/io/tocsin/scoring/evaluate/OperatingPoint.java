package io.tocsin.scoring.evaluate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a threshold does.
 *
 * @param threshold scores from here on count as the label
 * @param recall share of positives at or above it
 * @param falsePositiveRate share of negatives at or above it
 */
public record OperatingPoint(double threshold, double recall, double falsePositiveRate) {

  /** Keeps a rate such as 0.01 of 100 from losing its one negative to rounding. */
  private static final double ROUNDING = 1e-9;

  /**
   * The lowest observed score that no more than {@code rate} of the negatives reach; where even the
   * highest is reached by too many, the next number above it. With fewer negatives than 1 / rate
   * that means none of them.
   *
   * @param rate from 0 to 1
   * @return null without a positive or without a negative
   */
  public static @Nullable OperatingPoint atFalsePositiveRate(List<Scored> sounds, double rate) {
    long positives = Ranking.positives(sounds);
    long negatives = sounds.size() - positives;
    return positives == 0 || negatives == 0
        ? null
        : at(sounds, lowestThreshold(sounds, negatives, rate));
  }

  /**
   * The lowest threshold as above, for negatives alone if need be.
   *
   * @throws IllegalArgumentException without a negative, or if the rate is none
   */
  public static double threshold(List<Scored> sounds, double rate) {
    long negatives = sounds.size() - Ranking.positives(sounds);
    if (negatives == 0) {
      throw new IllegalArgumentException("there is no negative to set a threshold on");
    }
    return lowestThreshold(sounds, negatives, rate);
  }

  private static double lowestThreshold(List<Scored> sounds, long negatives, double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException(
          "false-positive rate is " + rate + "; a share from 0 to 1 is wanted");
    }
    long allowed = (long) Math.floor(rate * negatives + ROUNDING);
    List<Scored> sorted = sounds.stream().sorted(Ranking.ASCENDING.reversed()).toList();
    double threshold = Math.nextUp(sorted.get(0).score());
    long passed = 0;
    for (int from = 0; from < sorted.size(); ) {
      int to = Ranking.endOfTie(sorted, from);
      passed += to - from - Ranking.positives(sorted.subList(from, to));
      if (passed > allowed) {
        break;
      }
      threshold = sorted.get(from).score();
      from = to;
    }
    return threshold;
  }

  /** What {@code threshold} does to sounds; a share of none is 0. */
  public static OperatingPoint at(List<Scored> sounds, double threshold) {
    long positives = 0;
    long found = 0;
    long passed = 0;
    for (Scored sound : sounds) {
      boolean above = sound.score() >= threshold;
      positives += sound.positive() ? 1 : 0;
      found += sound.positive() && above ? 1 : 0;
      passed += !sound.positive() && above ? 1 : 0;
    }
    return new OperatingPoint(
        threshold, share(found, positives), share(passed, sounds.size() - positives));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
