package io.tocsin.stack.faults;

import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a campaign found.
 *
 * @param sensors that played the load at a time
 * @param loadSeconds its length
 * @param reference what came of it without a fault
 * @param wrong what is not as it should be and belongs to no repetition alone
 * @param startedAgain processes that ended by themselves and were started again, a name each time
 * @param seconds that all took
 */
record FaultsReport(
    int sensors,
    double loadSeconds,
    Reference reference,
    List<Entry> faults,
    List<String> wrong,
    List<String> startedAgain,
    double seconds) {

  FaultsReport {
    faults = List.copyOf(faults);
    wrong = List.copyOf(wrong);
    startedAgain = List.copyOf(startedAgain);
  }

  /** What came of the load without a fault. */
  record Reference(int frames, int detections, int alerts) {}

  /**
   * What came of a fault.
   *
   * @param lost frames, rows of detections and alerts that are missing, in all repetitions
   * @param duplicated rows that are there and should not be, or once too often
   * @param framesAgain frames that Kafka took twice; at least once is what it promises
   * @param detectionsAgain the same of detections
   * @param retracted alerts that were said and taken back
   * @param differences the first few of what is lost, duplicated or stuck
   */
  record Entry(
      String name,
      int repetitions,
      int lost,
      int duplicated,
      Seconds recoverySeconds,
      int framesAgain,
      int detectionsAgain,
      int retracted,
      List<String> differences) {

    private static final int MOST_DIFFERENCES = 12;

    Entry {
      differences = List.copyOf(differences);
    }

    static Entry of(Fault fault, List<Repetition> repetitions) {
      List<String> differences = new ArrayList<>();
      for (Repetition each : repetitions) {
        each.difference().lost().forEach(line -> differences.add(each.told() + "lost: " + line));
        each.difference()
            .duplicated()
            .forEach(line -> differences.add(each.told() + "too many: " + line));
      }
      return new Entry(
          fault.word(),
          repetitions.size(),
          repetitions.stream().mapToInt(r -> r.difference().lost().size()).sum(),
          repetitions.stream().mapToInt(r -> r.difference().duplicated().size()).sum(),
          Seconds.of(repetitions.stream().mapToDouble(Repetition::recoverySeconds).toArray()),
          repetitions.stream().mapToInt(Repetition::framesAgain).sum(),
          repetitions.stream().mapToInt(Repetition::detectionsAgain).sum(),
          repetitions.stream().mapToInt(Repetition::retracted).sum(),
          differences.stream().limit(MOST_DIFFERENCES).toList());
    }
  }

  /**
   * One playing of the load with a fault in it.
   *
   * @param fleet its number
   */
  record Repetition(
      int fleet,
      Outcome.Difference difference,
      double recoverySeconds,
      int framesAgain,
      int detectionsAgain,
      int retracted) {

    String told() {
      return "fleet %d: ".formatted(fleet);
    }
  }

  /** Quantiles by linear interpolation. */
  record Seconds(double p50, double p95) {

    static Seconds of(double[] values) {
      return new Seconds(
          AlertEvaluation.quantile(values, 0.5), AlertEvaluation.quantile(values, 0.95));
    }
  }

  /** Whether nothing is lost, nothing is there twice and nothing else is wrong. */
  boolean holds() {
    return wrong.isEmpty() && faults.stream().allMatch(f -> f.lost() == 0 && f.duplicated() == 0);
  }

  /** For people. */
  List<String> lines() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "fault",
            "times",
            "lost",
            "duplicated",
            "recovery p50 s",
            "p95 s",
            "frames again",
            "detections again"));
    for (Entry fault : faults) {
      rows.add(
          List.of(
              fault.name(),
              Integer.toString(fault.repetitions()),
              Integer.toString(fault.lost()),
              Integer.toString(fault.duplicated()),
              seconds(fault.recoverySeconds().p50()),
              seconds(fault.recoverySeconds().p95()),
              Integer.toString(fault.framesAgain()),
              Integer.toString(fault.detectionsAgain())));
    }
    List<String> lines = new ArrayList<>(TextTable.lines(rows));
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Without a fault %d sensors' %.0f s give %d frames, %d detections and %d alerts; %.0f s"
                + " in all.",
            sensors,
            loadSeconds,
            reference.frames(),
            reference.detections(),
            reference.alerts(),
            seconds));
    if (!startedAgain.isEmpty()) {
      lines.add("Ended by themselves and started again: " + String.join(", ", startedAgain));
    }
    for (Entry fault : faults) {
      fault.differences().forEach(d -> lines.add(fault.name() + ", " + d));
    }
    lines.addAll(wrong);
    return lines;
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
