package io.tocsin.scoring.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Percentile intervals by resampling whole groups with replacement (Efron and Tibshirani 1993,
 * chapter 13; groups for clips, as in the cluster bootstrap of Field and Welsh 2007): clips of one
 * recording are no independent evidence.
 *
 * @param resamples how many times
 * @param confidence share of resamples within the interval, such as 0.95
 * @param seed same seed, same interval
 */
public record GroupBootstrap(int resamples, double confidence, long seed) {

  /** Low and high end. */
  public record Interval(double low, double high) {}

  /** A thousand resamples, 95 %. */
  public static final GroupBootstrap USUAL = new GroupBootstrap(1_000, 0.95, 20_261_121);

  public GroupBootstrap {
    if (resamples < 1 || !(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "resamples "
              + resamples
              + ", confidence "
              + confidence
              + ": one or more, and a share between 0 and 1, are wanted");
    }
  }

  /**
   * The interval of a statistic. Resamples in which it has no value do not count.
   *
   * @return null with fewer than two groups of positives or of negatives, since one group says
   *     nothing about others, and where no resample has a value
   */
  public @Nullable Interval interval(
      List<Scored> sounds, Function<List<Scored>, @Nullable Double> statistic) {
    if (groups(sounds, true) < 2 || groups(sounds, false) < 2) {
      return null;
    }
    List<Scored> sorted = sounds.stream().sorted(Ranking.ASCENDING).toList();
    Map<String, Integer> numbers = new TreeMap<>();
    sorted.forEach(s -> numbers.put(s.group(), 0));
    int count = 0;
    for (Map.Entry<String, Integer> entry : numbers.entrySet()) {
      entry.setValue(count++);
    }
    int[] groupOf = sorted.stream().mapToInt(s -> number(numbers, s)).toArray();
    Random random = new Random(seed);
    double[] values = new double[resamples];
    int valued = 0;
    for (int i = 0; i < resamples; i++) {
      Double value = statistic.apply(resample(sorted, groupOf, count, random));
      if (value != null) {
        values[valued++] = value;
      }
    }
    return valued == 0 ? null : percentiles(Arrays.copyOf(values, valued));
  }

  /** Groups with a positive, or with a negative. */
  static long groups(List<Scored> sounds, boolean positive) {
    return sounds.stream()
        .filter(s -> s.positive() == positive)
        .map(Scored::group)
        .distinct()
        .count();
  }

  private static int number(Map<String, Integer> numbers, Scored sound) {
    Integer number = numbers.get(sound.group());
    return number == null ? 0 : number;
  }

  private static List<Scored> resample(
      List<Scored> sorted, int[] groupOf, int groups, Random random) {
    int[] times = new int[groups];
    for (int i = 0; i < groups; i++) {
      times[random.nextInt(groups)]++;
    }
    List<Scored> drawn = new ArrayList<>(sorted.size());
    for (int i = 0; i < groupOf.length; i++) {
      for (int t = times[groupOf[i]]; t > 0; t--) {
        drawn.add(sorted.get(i));
      }
    }
    return drawn;
  }

  private Interval percentiles(double[] values) {
    Arrays.sort(values);
    double tail = (1 - confidence) / 2;
    return new Interval(quantile(values, tail), quantile(values, 1 - tail));
  }

  /** With straight lines between order statistics (Hyndman and Fan 1996, definition 7). */
  private static double quantile(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
