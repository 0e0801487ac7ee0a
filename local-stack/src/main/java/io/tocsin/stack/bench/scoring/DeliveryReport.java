package io.tocsin.stack.bench.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench delivery} prints.
 *
 * @param bundle id, version and digest
 * @param cores that all processes share
 * @param sensors that send at the pace of time
 * @param seconds that each of them sends in each repetition
 * @param frameMillis length of their frames
 * @param windowsPerSecond that this makes
 */
public record DeliveryReport(
    String bundle,
    int cores,
    int sensors,
    int seconds,
    int frameMillis,
    double windowsPerSecond,
    List<Mode> modes) {

  public DeliveryReport {
    modes = List.copyOf(modes);
  }

  /**
   * A way to deliver: from the sending of the frame that completes a detection's window to a
   * consumer of committed records having the detection.
   *
   * @param delivery such as {@code exactly once}
   * @param p50Millis of all repetitions' detections together
   * @param detections measured
   * @param missing detections that the same audio gives outside of the job, but were not read
   */
  public record Mode(
      String delivery,
      double checkpointSeconds,
      double p50Millis,
      double p99Millis,
      int detections,
      int missing,
      List<Repetition> repetitions) {

    public Mode {
      repetitions = List.copyOf(repetitions);
    }

    static Mode of(JobRun.Delivery delivery, List<OpenLoop.Sample> samples) {
      List<Double> all =
          samples.stream().flatMap(s -> s.sinceFrameMillis().stream()).sorted().toList();
      return new Mode(
          word(delivery),
          delivery.checkpointInterval().toMillis() / 1e3,
          OpenLoop.quantile(all, 0.5),
          OpenLoop.quantile(all, 0.99),
          all.size(),
          samples.stream().mapToInt(OpenLoop.Sample::missing).sum(),
          samples.stream()
              .map(
                  s ->
                      new Repetition(
                          OpenLoop.quantile(s.sinceFrameMillis(), 0.5),
                          OpenLoop.quantile(s.sinceFrameMillis(), 0.99)))
              .toList());
    }

    static String word(JobRun.Delivery delivery) {
      return delivery.exactlyOnce() ? "exactly once" : "at least once";
    }
  }

  /** One run of one way. */
  public record Repetition(double p50Millis, double p99Millis) {}

  /** For people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Mode mode : modes) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s, checkpoints every %.1f s: %.0f ms median, %.0f ms in 99 of 100 (%d detections, %d"
                  + " missing)",
              mode.delivery(),
              mode.checkpointSeconds(),
              mode.p50Millis(),
              mode.p99Millis(),
              mode.detections(),
              mode.missing()));
    }
    return lines;
  }
}
