package io.tocsin.stack.bench.outage;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What became of the frames.
 *
 * @param frames captured by the source
 * @param accepted by the producer: it answers for these
 * @param arrived in Kafka, each counted once
 * @param cutOff captured, and the producer was killed before it had accepted them
 * @param cutOffArrived those of them that arrived nonetheless
 * @param lost accepted, and neither in Kafka nor dropped by policy
 * @param droppedByPolicy counted by the spool as lost, or refused by it
 * @param again arrivals of frames that had arrived before, told by boot id and sequence
 * @param damaged arrivals that are not what was captured
 * @param noticedAfterSeconds from Kafka's readiness to the first frame that arrives
 * @param drainSeconds from then to the last frame that was captured before it
 * @param before delays before the outage
 * @param liveWhileDraining of frames captured from the first arrival on to the end of the draining
 * @param caughtByReturn of frames captured between Kafka's readiness and the first arrival, which
 *     go by the spool
 * @param residentMebibytes of the producer while draining
 */
record OutageReport(
    int sensors,
    double outageSeconds,
    int kills,
    long frames,
    long accepted,
    long arrived,
    long cutOff,
    long cutOffArrived,
    long lost,
    long droppedByPolicy,
    long again,
    long damaged,
    double noticedAfterSeconds,
    double drainSeconds,
    Delays before,
    Delays liveWhileDraining,
    Delays caughtByReturn,
    double residentMebibytes) {

  /** Whether every accepted frame is in Kafka as it was, or dropped by policy. */
  boolean holds() {
    return lost == 0 && damaged == 0;
  }

  /** The report in a sentence. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%d of %d accepted frames lost, %d damaged, %d dropped by policy, %d more than once; drained"
            + " in %.0f s, live frames meanwhile p99 %.0f ms",
        lost,
        accepted,
        damaged,
        droppedByPolicy,
        again,
        drainSeconds,
        liveWhileDraining.p99Millis());
  }

  /** From a frame's last sample to its arrival at a subscriber, milliseconds. */
  record Delays(int frames, double medianMillis, double p99Millis, double longestMillis) {

    static Delays of(List<FrameWatch.Arrival> arrivals, Predicate<FrameWatch.Arrival> which) {
      double[] delays =
          arrivals.stream()
              .filter(which)
              .mapToDouble(FrameWatch.Arrival::delayMillis)
              .sorted()
              .toArray();
      return delays.length == 0
          ? new Delays(0, Double.NaN, Double.NaN, Double.NaN)
          : new Delays(delays.length, at(delays, 0.5), at(delays, 0.99), delays[delays.length - 1]);
    }

    /** The smallest delay that at least this share of the frames did not exceed. */
    private static double at(double[] sorted, double share) {
      return Arrays.stream(sorted)
          .skip((long) Math.ceil(share * sorted.length) - 1)
          .findFirst()
          .orElseThrow();
    }
  }
}
