package io.tocsin.stack.bench.outage;

import io.tocsin.edge.spool.Spool;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Takes Kafka and the registry away from a fleet, kills its producer (kill -9) meanwhile, gives
 * them back, and holds what arrived against what was captured.
 */
final class Outage {

  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /**
   * What is done.
   *
   * @param lead so long everything runs before and after
   * @param kills of the producer, evenly over the outage
   */
  record Plan(int sensors, Duration lead, Duration outage, int kills, Duration drainWithin) {}

  private final Plan plan;
  private final OutageRig rig;
  private final int partitions;
  private final Consumer<String> progress;
  private Child producer;

  Outage(Plan plan, OutageRig rig, int partitions, Consumer<String> progress) {
    this.plan = plan;
    this.rig = rig;
    this.partitions = partitions;
    this.progress = progress;
    this.producer = rig.startProducer(plan.sensors());
  }

  OutageReport run() throws InterruptedException, IOException {
    try (FrameWatch watch = new FrameWatch(rig.kafkaAddress(), rig.registryClient(), partitions)) {
      await("the first frame", plan.drainWithin(), () -> !watch.arrivals().isEmpty());
      Thread.sleep(plan.lead().toMillis());

      progress.accept("Kafka and the registry go");
      long goneMicros = now();
      rig.cutUplink();
      long goneNanos = System.nanoTime();
      for (int kill = 1; kill <= plan.kills(); kill++) {
        sleepUntil(goneNanos + plan.outage().toNanos() * kill / (plan.kills() + 1));
        rig.kill(producer);
        producer = rig.startProducer(plan.sensors());
        progress.accept("the producer was killed and started again");
      }
      sleepUntil(goneNanos + plan.outage().toNanos());
      double outageSeconds = (System.nanoTime() - goneNanos) / 1e9;
      Set<FrameNumber> before = new HashSet<>(watch.numbers());
      rig.restoreUplink();

      progress.accept("Kafka and the registry are back");
      long backMicros = now();
      await("a frame after the outage", plan.drainWithin(), () -> hasMore(watch, before));
      long noticedMicros = now();
      Set<FrameNumber> stored = new HashSet<>(CaptureJournal.Summary.of(rig.journals()).accepted());
      await("the stored frames", plan.drainWithin(), () -> watch.numbers().containsAll(stored));
      long drainedMicros = now();
      double resident = rig.residentMebibytes(producer);
      progress.accept("everything stored has arrived");

      Thread.sleep(plan.lead().toMillis());
      producer.stop();
      CaptureJournal.Summary journal = CaptureJournal.Summary.of(rig.journals());
      awaitRest(watch, journal);
      return report(
          watch,
          journal,
          outageSeconds,
          resident,
          new Times(goneMicros, backMicros, noticedMicros, drainedMicros));
    }
  }

  /** Microseconds since the epoch. */
  private record Times(long gone, long back, long noticed, long drained) {}

  private OutageReport report(
      FrameWatch watch,
      CaptureJournal.Summary journal,
      double outageSeconds,
      double resident,
      Times times)
      throws IOException {
    long dropped;
    try (Spool spool = Spool.open(SpoolSettings.in(rig.spool()))) {
      dropped = spool.status().lost();
    }
    Set<FrameNumber> arrived = watch.numbers();
    long missing = journal.accepted().stream().filter(f -> !arrived.contains(f)).count();
    Set<FrameNumber> cutOff = new HashSet<>(journal.captured());
    cutOff.removeAll(journal.accepted());
    cutOff.removeAll(journal.refused());
    List<FrameWatch.Arrival> arrivals = new ArrayList<>(watch.arrivals().values());
    return new OutageReport(
        plan.sensors(),
        outageSeconds,
        plan.kills(),
        journal.captured().size(),
        journal.accepted().size(),
        arrived.size(),
        cutOff.size(),
        cutOff.stream().filter(arrived::contains).count(),
        // What the spool refused is not among the accepted; what it dropped is.
        Math.max(0, missing - (dropped - journal.refused().size())),
        dropped,
        watch.again(),
        watch.damaged(),
        (times.noticed() - times.back()) / 1e6,
        (times.drained() - times.noticed()) / 1e6,
        OutageReport.Delays.of(arrivals, a -> a.endMicros() < times.gone()),
        OutageReport.Delays.of(
            arrivals, a -> a.endMicros() >= times.noticed() && a.endMicros() < times.drained()),
        OutageReport.Delays.of(
            arrivals, a -> a.endMicros() >= times.back() && a.endMicros() < times.noticed()),
        resident);
  }

  private static boolean hasMore(FrameWatch watch, Set<FrameNumber> before) {
    return watch.arrivals().size() > before.size();
  }

  /** What was accepted last may still be on its way; what never comes is in the report. */
  private void awaitRest(FrameWatch watch, CaptureJournal.Summary journal)
      throws InterruptedException {
    long deadline = System.nanoTime() + plan.lead().toNanos() + Duration.ofSeconds(5).toNanos();
    while (!watch.numbers().containsAll(journal.accepted()) && System.nanoTime() < deadline) {
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private void await(String what, Duration longest, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (!condition.getAsBoolean()) {
      if (!producer.isAlive()) {
        throw new StackException("the producer ended:\n" + producer.lastLines());
      }
      if (System.nanoTime() - deadline > 0) {
        throw new StackException(
            what + " did not arrive within " + longest + ":\n" + producer.lastLines());
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      Thread.sleep(Duration.ofNanos(left).toMillis());
    }
  }

  private static long now() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
