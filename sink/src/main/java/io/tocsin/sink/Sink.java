package io.tocsin.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a sink, which share the partitions between them as members of one group, and the
 * upkeep of the tables beside them.
 */
final class Sink {

  private static final Logger LOG = LoggerFactory.getLogger(Sink.class);
  private static final Duration SUMMARY_EVERY = Duration.ofSeconds(30);
  private static final Duration UPKEEP_EVERY = Duration.ofMinutes(10);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(20);

  private final SinkCounters counters = new SinkCounters();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<SinkLoop> loops = new ArrayList<>();
  private final List<Progress> progress = new ArrayList<>();
  private final DetectionUpkeep upkeep;
  private final InstantSource clock = InstantSource.system();

  Sink(SinkSettings settings, SchemaRegistryClient registry, Jdbi jdbi) {
    this.upkeep = new DetectionUpkeep(jdbi, settings.retentionDays());
    SignatureCheck signatures = settings.kafka().signatures();
    for (int worker = 0; worker < settings.workers(); worker++) {
      Progress its = new Progress("worker-" + worker, settings.stalledAfter(), System::nanoTime);
      progress.add(its);
      loops.add(SinkLoop.create(settings, registry, jdbi, counters, signatures, its, worker));
    }
  }

  /**
   * Runs until {@link #stop}.
   *
   * @throws FencedException if another sink took a partition over unnoticed
   */
  void run() {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    try {
      makePartitionsAhead();
      int worker = 0;
      for (SinkLoop loop : loops) {
        String name = "worker-" + worker++;
        ends.add(
            CompletableFuture.runAsync(loop::run, task -> new Thread(task, name).start())
                .whenComplete((done, error) -> stopping.countDown()));
      }
      keepUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loops.forEach(loop -> loop.stop(ends.isEmpty() ? Duration.ZERO : STOP_WITHIN));
      summary();
    }
    try {
      CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Lets {@link #run} end after the transactions in hand, and waits for that; any thread. */
  void stop(Duration atMost) {
    stopping.countDown();
    loops.forEach(loop -> loop.stop(atMost));
  }

  SinkMetrics metrics() {
    return counters.metrics();
  }

  SinkCounters counters() {
    return counters;
  }

  /** Whether records get written, of each worker. */
  List<Progress> progress() {
    return List.copyOf(progress);
  }

  /** Records that are not written yet, of all workers. */
  LongSupplier lagRecords() {
    return () -> loops.stream().mapToLong(loop -> loop.lag().total()).sum();
  }

  /** Partitions that have been written to their ends. */
  Set<TopicPartition> caughtUp() {
    Set<TopicPartition> partitions = new HashSet<>();
    loops.forEach(loop -> partitions.addAll(loop.lag().none()));
    return partitions;
  }

  /** Detections without a partition of their day. */
  LongSupplier rowsInDefault() {
    return upkeep::rowsInDefault;
  }

  /** Before the first row: a partition that is made later must take its rows over. */
  private void makePartitionsAhead() throws InterruptedException {
    Outage outage = new Outage();
    while (stopping.getCount() > 0) {
      try {
        upkeep.makeAhead(clock.instant());
        return;
      } catch (JdbiException e) {
        Duration wait = outage.failed(clock.instant());
        LOG.warn("event=outage tryAgainAfter={} reason=\"{}\"", wait, Faults.rootOf(e).toString());
        stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void keepUp() throws InterruptedException {
    Instant nextUpkeepAt = clock.instant();
    do {
      if (!clock.instant().isBefore(nextUpkeepAt)) {
        try {
          upkeep.round(clock.instant());
          nextUpkeepAt = clock.instant().plus(UPKEEP_EVERY);
        } catch (JdbiException e) {
          LOG.warn("event=upkeep-failed reason=\"{}\"", Faults.rootOf(e).toString());
        }
      }
      summary();
    } while (!stopping.await(SUMMARY_EVERY.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void summary() {
    SinkMetrics metrics = counters.metrics();
    LOG.info(
        "event=summary records={} batches={} rows={} deadLetters={} retries={} writing={}"
            + " lag={}",
        metrics.records(),
        metrics.batches(),
        metrics.rows(),
        metrics.deadLetters(),
        metrics.retries(),
        metrics.writing(),
        lagRecords().getAsLong());
  }
}
