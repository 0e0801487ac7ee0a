package io.tocsin.stack.bench.sink;

import io.tocsin.stack.bench.sink.SinkThroughput.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Medians of repeated runs.
 *
 * @param rawCopy raw COPY in the format that was the faster one
 * @param ratio of the sink's rate to that, of each repetition
 * @param runs every run's rate, sink and raw COPY by format
 */
record SinkThroughputReport(
    long rows,
    int repetitions,
    int days,
    List<String> sinkOptions,
    Rate rawCopy,
    Rate sink,
    double ratio,
    Map<String, List<Double>> runs,
    List<AtSize> atTableRows) {

  /** A rate. */
  record Rate(double rowsPerSecond) {}

  /**
   * The sink at a table that holds so many rows already.
   *
   * @param tableBytes with its indexes
   * @param cost of a row against one in a table that was empty at first; 1 is the same
   */
  record AtSize(long tableRows, long tableBytes, Rate sink, double cost) {}

  static SinkThroughputReport of(
      Plan plan, List<Double> sink, Map<String, List<Double>> copies, List<AtSize> sizes) {
    double ours = Medians.of(sink);
    List<Double> fastest =
        copies.values().stream().max(Comparator.comparingDouble(Medians::of)).orElseThrow();
    List<Double> ratios = new ArrayList<>();
    for (int run = 0; run < sink.size(); run++) {
      ratios.add(sink.get(run) / fastest.get(run));
    }
    Map<String, List<Double>> runs = new TreeMap<>();
    copies.forEach((format, rates) -> runs.put("rawCopy-" + format, List.copyOf(rates)));
    runs.put("sink", new ArrayList<>(sink));
    return new SinkThroughputReport(
        plan.rows(),
        plan.repetitions(),
        plan.days(),
        plan.sinkOptions(),
        new Rate(Medians.of(fastest)),
        new Rate(ours),
        Medians.of(ratios),
        runs,
        sizes);
  }
}
