package io.tocsin.stack.bench.cluster;

import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What {@code bench cluster} prints.
 *
 * @param cores that all processes share
 * @param bundle id, version and digest
 * @param limits what the machine keeps these figures from saying
 */
record ClusterReport(int cores, String bundle, List<Job> jobs, List<String> limits) {

  ClusterReport {
    jobs = List.copyOf(jobs);
    limits = List.copyOf(limits);
  }

  /**
   * A job's figures.
   *
   * @param unit what a record is here: windows, or picks
   * @param records in each repetition
   */
  record Job(String name, String unit, long records, List<AtParallelism> runs) {

    Job {
      runs = List.copyOf(runs);
    }
  }

  /**
   * The two ways beside each other.
   *
   * @param ratio of the cluster's rate to that of one JVM, the median of the repetitions' own
   * @param ratios of each repetition
   * @param processorRatio of the cluster's processor time a record to that of one JVM, likewise
   */
  record AtParallelism(
      int parallelism,
      Rate oneJvm,
      Rate cluster,
      double ratio,
      List<Double> ratios,
      double processorRatio) {

    AtParallelism {
      ratios = List.copyOf(ratios);
    }

    static AtParallelism of(int parallelism, List<CountedRun> oneJvm, List<CountedRun> cluster) {
      List<Double> ratios = divided(cluster, oneJvm, CountedRun::perSecond);
      return new AtParallelism(
          parallelism,
          Rate.of(oneJvm),
          Rate.of(cluster),
          median(ratios),
          ratios,
          median(divided(cluster, oneJvm, CountedRun::processorMicrosEach)));
    }
  }

  /**
   * A way's figures.
   *
   * @param perSecond median
   * @param repetitions each of them, in the order in which they ran
   * @param processorMicrosEach processor time of all Flink processes a record, median
   * @param taskManagers that had a part of the job, the fewest of all repetitions
   */
  record Rate(
      double perSecond, List<Double> repetitions, double processorMicrosEach, int taskManagers) {

    Rate {
      repetitions = List.copyOf(repetitions);
    }

    static Rate of(List<CountedRun> runs) {
      List<Double> each = runs.stream().map(CountedRun::perSecond).toList();
      return new Rate(
          median(each),
          each,
          median(runs.stream().map(CountedRun::processorMicrosEach).toList()),
          runs.stream().mapToInt(CountedRun::taskManagers).min().orElse(0));
    }
  }

  private static List<Double> divided(
      List<CountedRun> of, List<CountedRun> to, ToDoubleFunction<CountedRun> figure) {
    return IntStream.range(0, of.size())
        .mapToObj(i -> figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i)))
        .toList();
  }

  private static double median(List<Double> values) {
    return AlertEvaluation.quantile(
        values.stream().mapToDouble(Double::doubleValue).toArray(), 0.5);
  }

  /** For people. */
  List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("job", "parallelism", "one JVM", "cluster", "ratio", "processor time", "unit"));
    for (Job job : jobs) {
      for (AtParallelism run : job.runs()) {
        rows.add(
            List.of(
                job.name(),
                Integer.toString(run.parallelism()),
                String.format(Locale.ROOT, "%.0f", run.oneJvm().perSecond()),
                String.format(Locale.ROOT, "%.0f", run.cluster().perSecond()),
                String.format(Locale.ROOT, "%.2f", run.ratio()),
                String.format(Locale.ROOT, "%.2f", run.processorRatio()),
                job.unit() + "/s"));
      }
    }
    List<String> lines = new ArrayList<>(TextTable.lines(rows));
    lines.add("");
    lines.addAll(limits);
    return lines;
  }
}
