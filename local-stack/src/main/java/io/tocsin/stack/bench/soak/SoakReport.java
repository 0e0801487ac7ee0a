package io.tocsin.stack.bench.soak;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tocsin.stack.demo.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a soak shows.
 *
 * @param hours that the load lasted
 * @param bundle id, version and digest
 * @param saturationWindowsPerSecond what ScoringJob reached before, alone
 * @param windowsPerSecond what the load asked for
 * @param busy share of all cores' time that the cluster's processes used under the load
 * @param windows that the load holds
 * @param windowsMissing of them were not scored
 * @param restarts of both jobs
 * @param startedAgain processes that ended by themselves
 * @param unsettled what was not said or written two minutes after the load; empty when all was
 */
record SoakReport(
    double hours,
    int cores,
    String bundle,
    int sensors,
    double saturationWindowsPerSecond,
    double windowsPerSecond,
    double busy,
    long windows,
    long windowsMissing,
    int restarts,
    List<String> startedAgain,
    String unsettled,
    SoakOutcome outcome,
    List<SoakSeries> series) {

  SoakReport {
    startedAgain = List.copyOf(startedAgain);
    series = List.copyOf(series);
  }

  /** Whether nothing was lost, nothing came apart and nothing grew. */
  @JsonProperty
  boolean holds() {
    return windowsMissing == 0
        && restarts == 0
        && startedAgain.isEmpty()
        && unsettled.isEmpty()
        && outcome.detectionsOfRound() > 0
        && outcome.roundsUnlike() == 0
        && series.stream().allMatch(SoakSeries::flat);
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%.2f hours, %d sensors, %.0f windows/s of %.0f that it reaches; %.0f %% of %d cores",
            hours,
            sensors,
            windowsPerSecond,
            saturationWindowsPerSecond,
            100 * busy,
            cores));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d windows, %d missing; %d detections, %d of %d rounds unlike the others;"
                + " %d alerts stand, %d taken back; %d restarts",
            windows,
            windowsMissing,
            outcome.detections(),
            outcome.roundsUnlike(),
            outcome.rounds(),
            outcome.alerts(),
            outcome.retracted(),
            restarts));
    startedAgain.forEach(name -> lines.add(name + " ended and was started again"));
    if (!unsettled.isEmpty()) {
      lines.add("at the end " + unsettled);
    }
    lines.add("");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "unit", "2nd quarter", "last quarter", "most", ""));
    for (SoakSeries one : series) {
      rows.add(
          List.of(
              one.name(),
              one.unit(),
              String.format(Locale.ROOT, "%.2f", one.early()),
              String.format(Locale.ROOT, "%.2f", one.late()),
              String.format(Locale.ROOT, "%.2f", one.most()),
              one.flat() ? "flat" : "GROWS"));
    }
    lines.addAll(TextTable.lines(rows));
    return lines;
  }
}
