package io.tocsin.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.wire.RegistryUnavailableException;
import io.tocsin.sink.BatchWriter.Written;
import io.tocsin.sink.ConsumerOffsets.Claim;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Poll, write, poll again.
 *
 * <pre>
 *   assigned ──► claim: fence + 1, start offset from the database ──► seek, resume
 *   poll ──► batch ──► one transaction: offsets under the fence, rows, dead letters ──► poll
 *                         └─ database or registry away: pause, keep polling, try again later
 * </pre>
 */
final class SinkLoop {

  /** The sink's name in dead letters. */
  static final String PART = "sink";

  private static final Logger LOG = LoggerFactory.getLogger(SinkLoop.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CHECK_EVERY = Duration.ofSeconds(5);
  private static final Duration POLL_IN_OUTAGE = Duration.ofMillis(100);

  private final Consumer<byte[], byte[]> consumer;
  private final DeadLetterTopics deadLetterTopics;
  private final Jdbi jdbi;
  private final ConsumerOffsets offsets;
  private final BatchWriter writer;
  private final InstantSource clock;

  private final SinkCounters counters;
  private final LoopProgress progress;
  private final GroupOffsets groupOffsets;
  private final Outage outage = new Outage();
  private final Set<TopicPartition> unclaimed = new HashSet<>();
  private final Map<TopicPartition, Claim> held = new HashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Batch pending;
  private Instant nextCheckAt = Instant.MIN;
  private volatile Lag lag = Lag.UNKNOWN;
  private volatile boolean stopping;

  private SinkLoop(
      String groupId,
      Consumer<byte[], byte[]> consumer,
      DeadLetterTopics deadLetterTopics,
      SchemaRegistryClient registry,
      Jdbi jdbi,
      SinkCounters counters,
      SignatureCheck signatures,
      Progress progress,
      InstantSource clock) {
    this.consumer = consumer;
    this.counters = counters;
    this.progress = new LoopProgress(progress, consumer);
    this.groupOffsets = new GroupOffsets(consumer);
    this.deadLetterTopics = deadLetterTopics;
    this.jdbi = jdbi;
    this.clock = clock;
    this.offsets = new ConsumerOffsets(groupId);
    this.writer = new BatchWriter(registry, jdbi, offsets, deadLetterTopics, signatures, clock);
  }

  /**
   * @param signatures what is asked of sensors' own records
   * @param progress is told whether records get written
   * @param worker number of the loop among those of its sink
   */
  static SinkLoop create(
      SinkSettings settings,
      SchemaRegistryClient registry,
      Jdbi jdbi,
      SinkCounters counters,
      SignatureCheck signatures,
      Progress progress,
      int worker) {
    return new SinkLoop(
        settings.kafka().groupId(),
        KafkaClients.consumer(settings, worker),
        new DeadLetterTopics(KafkaClients.producer(settings)),
        registry,
        jdbi,
        counters,
        signatures,
        progress,
        InstantSource.system());
  }

  /** The topics that become rows, and every dead-letter topic. */
  static List<String> subscription() {
    List<String> topics = new ArrayList<>();
    BatchWriter.topics().forEach(topic -> topics.add(topic.name()));
    Topics.all().stream().map(Topic::dlq).forEach(topics::add);
    return topics;
  }

  /**
   * Runs until {@link #stop}, then closes the Kafka clients.
   *
   * @throws FencedException if another sink took a partition over unnoticed
   */
  void run() {
    try {
      consumer.subscribe(subscription(), new Assignment());
      while (!stopping) {
        turn();
      }
    } catch (WakeupException e) {
      if (!stopping) {
        throw e;
      }
    } finally {
      groupOffsets.close();
      consumer.close();
      deadLetterTopics.close();
      stopped.countDown();
    }
  }

  /** Lets {@link #run} end after the transaction in hand, and waits for that; any thread. */
  void stop(Duration atMost) {
    stopping = true;
    consumer.wakeup();
    try {
      if (!stopped.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("event=stop-incomplete waited={}", atMost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Of the partitions held, as last heard when all that was read was written; any thread. */
  Lag lag() {
    return lag;
  }

  private void turn() {
    Instant now = clock.instant();
    if (!outage.waitsAt(now)) {
      work();
    }
    boolean waiting = pending != null || !unclaimed.isEmpty();
    ConsumerRecords<byte[], byte[]> polled = consumer.poll(waiting ? POLL_IN_OUTAGE : POLL);
    if (!polled.isEmpty()) {
      pending = Batch.of(polled, held);
    }
    groupOffsets.commit(now);
    if (pending == null) {
      lag = Lag.of(consumer, held.keySet());
    }
    progress.turned(waiting());
  }

  private Optional<String> waiting() {
    if (pending != null) {
      return Optional.of(pending.records().size() + " records are not written");
    }
    if (!unclaimed.isEmpty()) {
      return Optional.of(unclaimed.size() + " partitions are not claimed");
    }
    long behind = lag.total();
    return behind > 0 ? Optional.of(behind + " records wait in Kafka") : Optional.empty();
  }

  /** Everything that needs the database or the registry. */
  private void work() {
    try {
      claim();
      check();
      if (pending != null) {
        write(pending);
        pending = null;
      }
      outage.over();
      progress.recovered();
      consumer.resume(held.keySet());
    } catch (TakenBackException e) {
      LOG.warn("event=taken-back reason=\"{}\"", e.getMessage());
      consumer.pause(consumer.assignment());
      unclaimed.addAll(held.keySet());
      held.clear();
      pending = null;
    } catch (JdbiException | RegistryUnavailableException e) {
      consumer.pause(consumer.assignment());
      counters.retried();
      progress.failed(e);
      LOG.warn(
          "event=outage tryAgainAfter={} reason=\"{}\"",
          outage.failed(clock.instant()),
          Faults.rootOf(e).toString());
    }
  }

  private void claim() {
    if (unclaimed.isEmpty()) {
      return;
    }
    Map<TopicPartition, Claim> claims = offsets.claim(jdbi, unclaimed);
    claims.forEach(
        (partition, claim) -> {
          if (claim.nextOffset() == null) {
            consumer.seekToBeginning(List.of(partition));
          } else {
            consumer.seek(partition, claim.nextOffset());
          }
          held.put(partition, claim);
        });
    unclaimed.clear();
    LOG.info("event=claimed partitions={}", claims.size());
  }

  private void check() {
    Instant now = clock.instant();
    if (now.isBefore(nextCheckAt)) {
      return;
    }
    jdbi.useHandle(handle -> offsets.check(handle, held));
    nextCheckAt = now.plus(CHECK_EVERY);
  }

  private void write(Batch batch) {
    long start = System.nanoTime();
    Written written = writer.write(batch);
    deadLetterTopics.forget();
    progress.written();
    counters.committed(batch, written, Duration.ofNanos(System.nanoTime() - start));
    batch.positions().forEach((partition, to) -> held.put(partition, to.written()));
    groupOffsets.written(batch.positions());
  }

  /** A partition is read only between its claim and its loss. */
  private final class Assignment implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      consumer.pause(assigned);
      unclaimed.addAll(assigned);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      unclaimed.removeAll(revoked);
      groupOffsets.forget(revoked);
      held.keySet().removeAll(revoked);
      if (pending != null) {
        pending = pending.without(revoked);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
      onPartitionsRevoked(lost);
    }
  }
}
