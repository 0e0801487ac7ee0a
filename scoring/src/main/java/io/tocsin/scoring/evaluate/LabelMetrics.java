package io.tocsin.scoring.evaluate;

import io.tocsin.scoring.evaluate.GroupBootstrap.Interval;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How well one label is told from everything else. What cannot be said is null, and {@code reason}
 * says why.
 *
 * @param n positives
 * @param negatives everything else
 * @param groups source groups of the positives
 * @param at1pct where at most 1 % of the negatives pass
 * @param at01pct where at most 0.1 % pass; with fewer than 1,000 negatives none
 * @param aucInterval 95 %, as all intervals
 * @param calibrationError expected, of the calibrated probability
 */
public record LabelMetrics(
    int n,
    int negatives,
    int groups,
    @Nullable Double auc,
    @Nullable Interval aucInterval,
    @Nullable Double averagePrecision,
    @Nullable Interval averagePrecisionInterval,
    @Nullable OperatingPoint at1pct,
    @Nullable Interval recallAt1pctInterval,
    @Nullable OperatingPoint at01pct,
    @Nullable Interval recallAt01pctInterval,
    @Nullable Double calibrationError,
    @Nullable String reason) {

  private static final double ONE_PERCENT = 0.01;
  private static final double ONE_IN_A_THOUSAND = 0.001;

  /**
   * Metrics of raw scores.
   *
   * @param probability what a raw score is calibrated to
   */
  public static LabelMetrics of(
      List<Scored> sounds, DoubleUnaryOperator probability, GroupBootstrap bootstrap) {
    int n = (int) Ranking.positives(sounds);
    int negatives = sounds.size() - n;
    int groups = (int) GroupBootstrap.groups(sounds, true);
    List<Scored> probabilities =
        sounds.stream()
            .map(s -> new Scored(probability.applyAsDouble(s.score()), s.positive(), s.group()))
            .toList();
    return new LabelMetrics(
        n,
        negatives,
        groups,
        Ranking.auc(sounds),
        bootstrap.interval(sounds, Ranking::auc),
        n == 0 ? null : Ranking.averagePrecision(sounds),
        bootstrap.interval(sounds, Ranking::averagePrecision),
        OperatingPoint.atFalsePositiveRate(sounds, ONE_PERCENT),
        bootstrap.interval(sounds, s -> recall(s, ONE_PERCENT)),
        OperatingPoint.atFalsePositiveRate(sounds, ONE_IN_A_THOUSAND),
        bootstrap.interval(sounds, s -> recall(s, ONE_IN_A_THOUSAND)),
        CalibrationError.expected(probabilities),
        reason(n, negatives, groups));
  }

  private static @Nullable Double recall(List<Scored> sounds, double rate) {
    return value(OperatingPoint.atFalsePositiveRate(sounds, rate), OperatingPoint::recall);
  }

  private static @Nullable Double value(
      @Nullable OperatingPoint point, ToDoubleFunction<OperatingPoint> part) {
    return point == null ? null : (Double) part.applyAsDouble(point);
  }

  /** Share of positives found where at most 1 % of the negatives pass. */
  public @Nullable Double recallAt1pct() {
    return value(at1pct, OperatingPoint::recall);
  }

  /** Share of positives found where at most 0.1 % of the negatives pass. */
  public @Nullable Double recallAt01pct() {
    return value(at01pct, OperatingPoint::recall);
  }

  private static @Nullable String reason(int n, int negatives, int groups) {
    if (n == 0) {
      return "no clip of this label";
    }
    if (negatives == 0) {
      return "no clip of anything else";
    }
    return groups < 2 ? "all clips of this label share one source group: no interval" : null;
  }
}
