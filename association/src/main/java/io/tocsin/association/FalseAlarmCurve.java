package io.tocsin.association;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How many alerts of a pattern chance brings, by their probability.
 *
 * @param steps the rarer the farther back: probabilities rise, numbers fall
 * @param sensorDays for which chance had been listened to: sensors, times the span, times the
 *     slides
 */
public record FalseAlarmCurve(String patternId, List<Step> steps, double sensorDays) {

  /**
   * So many at the most, with a certainty of 90 %, where none was seen: −ln(1 − 0.9), the Poisson
   * mean at which to see none is no more likely than 10 %.
   */
  public static final double AT_MOST_OF_NONE = -Math.log(0.1);

  /** Every chance alert up to this rank is a step of its own; from there on one in fifty. */
  private static final int EXACT_RANKS = 100;

  private static final double RANKS_APART = 1.02;

  /**
   * A probability, and how many chance alerts were at least as probable.
   *
   * @param alerts 1 or more
   */
  public record Step(double probability, long alerts) {}

  public FalseAlarmCurve {
    if (!(sensorDays > 0)) {
      throw new IllegalArgumentException(
          "a false-alarm curve of " + sensorDays + " sensor-days says nothing; give more than 0");
    }
    steps = List.copyOf(steps);
  }

  /** The curve of what was seen; off by 2 % of a number where there are hundreds. */
  public static FalseAlarmCurve of(
      String patternId, Collection<Double> probabilities, double sensorDays) {
    double[] falling =
        probabilities.stream().mapToDouble(p -> -p).sorted().map(negative -> -negative).toArray();
    List<Step> steps = new ArrayList<>();
    for (int rank = 1; rank <= falling.length; rank = next(rank, falling.length)) {
      int last = rank;
      while (last < falling.length && falling[last] == falling[rank - 1]) {
        last++;
      }
      steps.add(0, new Step(falling[rank - 1], last));
      rank = last;
    }
    return new FalseAlarmCurve(patternId, steps, sensorDays);
  }

  /** The least probable of all is a step, too. */
  private static int next(int rank, int all) {
    int next = rank < EXACT_RANKS ? rank + 1 : (int) Math.ceil(rank * RANKS_APART);
    return rank < all ? Math.min(next, all) : next;
  }

  /** How many chance alerts were at least as probable. */
  public long alertsFrom(double probability) {
    for (Step step : steps) {
      if (step.probability() >= probability) {
        return step.alerts();
      }
    }
    return 0;
  }

  /**
   * Expected chance alerts at least as probable, a sensor and day: what was seen, but never less
   * than what may be where none was seen ({@link #AT_MOST_OF_NONE}), so that a surer alert is never
   * said to be more often wrong.
   */
  public double perSensorDay(double probability) {
    return Math.max((double) alertsFrom(probability), AT_MOST_OF_NONE) / sensorDays;
  }
}
