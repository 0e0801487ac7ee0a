package io.tocsin.stack.bench.soak;

import io.tocsin.simulator.AlertEvaluation;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A quantity over the time of a soak.
 *
 * @param name what it is
 * @param unit of its values
 * @param early median of the second quarter: the first is the start of everything
 * @param late median of the last quarter
 * @param most highest of all
 * @param flat whether {@code late} exceeds {@code early} by no more than a tenth, or by no more
 *     than what the quantity may change in any case
 * @param everyMinute medians
 */
record SoakSeries(
    String name,
    String unit,
    double early,
    double late,
    double most,
    boolean flat,
    List<Double> everyMinute) {

  private static final double SHARE = 0.1;

  SoakSeries {
    everyMinute = List.copyOf(everyMinute);
  }

  /**
   * Of what was seen.
   *
   * @param mayChange by so much in any case
   * @param values in order, at equal distances
   * @param each values a minute
   */
  static SoakSeries of(String name, String unit, double mayChange, List<Double> values, int each) {
    int quarter = values.size() / 4;
    double early = median(values.subList(quarter, 2 * quarter));
    double late = median(values.subList(values.size() - quarter, values.size()));
    return new SoakSeries(
        name,
        unit,
        early,
        late,
        values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN),
        late - early <= Math.max(mayChange, SHARE * early),
        IntStream.range(0, values.size() / each)
            .mapToObj(minute -> median(values.subList(minute * each, (minute + 1) * each)))
            .toList());
  }

  private static double median(List<Double> values) {
    return AlertEvaluation.quantile(
        values.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }
}
