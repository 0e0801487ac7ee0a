package io.tocsin.sink.evidence;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topics;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.schema.wire.ImplausibleRecordException;
import io.tocsin.schema.wire.UndecodableRecordException;
import io.tocsin.sink.Faults;
import io.tocsin.sink.LoopProgress;
import io.tocsin.sink.Outage;
import io.tocsin.sink.evidence.PendingWants.Pending;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Poll alerts, collect what is due, commit what is done, poll again.
 *
 * <pre>
 *   poll ──► unread ──► pending ──► clips stored, rows written ──► offsets committed
 *                │          └─ audio or detections still to come: later
 *                └─ poison ──► dead letter
 *   database, registry, store or Kafka away: pause, keep polling, try again later
 * </pre>
 */
final class EvidenceLoop {

  /** The part's name in dead letters. */
  static final String PART = "evidence";

  private static final Logger LOG = LoggerFactory.getLogger(EvidenceLoop.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int MOST_PENDING = 10_000;

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> deadLetters;
  private final FrameReader frames;
  private final AlertIntake intake;
  private final ClipCollector collector;
  private final Retention retention;
  private final InstantSource clock;
  private final LoopProgress progress;

  private final Outage outage = new Outage();
  private final Deque<ConsumerRecord<byte[], byte[]>> unread = new ArrayDeque<>();
  private final PendingWants pending = new PendingWants();
  private Map<TopicPartition, OffsetAndMetadata> committed = Map.of();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean stopping;

  EvidenceLoop(
      EvidenceSettings settings,
      SchemaRegistryClient registry,
      Jdbi jdbi,
      ObjectStore store,
      Progress progress,
      InstantSource clock) {
    this.consumer = EvidenceClients.alerts(settings.kafka());
    this.progress = new LoopProgress(progress, consumer);
    this.deadLetters = EvidenceClients.deadLetters(settings.kafka());
    this.frames =
        new FrameReader(
            EvidenceClients.frames(settings.kafka()), registry, settings.kafka().signatures());
    this.intake = new AlertIntake(registry);
    ClipTable table = new ClipTable(jdbi);
    this.collector = new ClipCollector(settings, new AlertDetections(jdbi), table, frames, store);
    this.retention = new Retention(table, store);
    this.clock = clock;
  }

  /** Runs until {@link #stop}, then closes the Kafka clients. */
  void run() {
    try {
      consumer.subscribe(List.of(Topics.DISTRESS_ALERTS.name()), new Assignment());
      while (!stopping) {
        turn();
      }
    } catch (WakeupException e) {
      if (!stopping) {
        throw e;
      }
    } finally {
      consumer.close();
      frames.close();
      deadLetters.close();
      stopped.countDown();
    }
  }

  /** Lets {@link #run} end after the alert in hand, and waits for that; any thread. */
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

  private void turn() {
    Instant now = clock.instant();
    if (!outage.waitsAt(now)) {
      work(now);
    }
    consumer.poll(POLL).forEach(unread::add);
    // Audio that is still to come is waited for; that is no trouble.
    progress.turned(Optional.empty());
  }

  /** Everything that needs more than the group. */
  private void work(Instant now) {
    try {
      read(now);
      retention.upkeep(now);
      collect(now);
      commit();
      outage.over();
      progress.recovered();
      if (pending.size() < MOST_PENDING) {
        consumer.resume(consumer.paused());
      } else {
        consumer.pause(consumer.assignment());
      }
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (JdbiException | StoreUnavailableException | KafkaException e) {
      consumer.pause(consumer.assignment());
      progress.failed(e);
      LOG.warn(
          "event=outage pending={} tryAgainAfter={} reason=\"{}\"",
          pending.size(),
          outage.failed(clock.instant()),
          Faults.rootOf(e).toString());
    }
  }

  private void read(Instant now) {
    for (ConsumerRecord<byte[], byte[]> record = unread.peek();
        record != null;
        record = unread.peek()) {
      try {
        Optional<Want> want = intake.read(record, now);
        if (want.isPresent()) {
          pending.add(new Pending(want.get(), record));
        } else {
          pending.skip(record);
        }
      } catch (UndecodableRecordException | ImplausibleRecordException e) {
        bury(record, "READ", e);
        pending.skip(record);
      }
      unread.remove();
    }
  }

  private void collect(Instant now) {
    for (Optional<Pending> next = pending.next(now);
        next.isPresent() && !stopping;
        next = pending.next(now)) {
      Pending one = next.get();
      try {
        Optional<Instant> notBefore = collector.collect(one.want(), now);
        if (notBefore.isPresent()) {
          pending.later(one, now, notBefore.get());
        } else {
          pending.done(one);
          progress.written();
        }
      } catch (StoreUnavailableException | KafkaException e) {
        throw e;
      } catch (JdbiException e) {
        if (!Faults.isOfData(e)) {
          throw e;
        }
        giveUp(one, Faults.rootOf(e));
      } catch (RuntimeException e) {
        // No repetition cures it, and the alerts behind it must not wait.
        giveUp(one, e);
      }
    }
  }

  private void giveUp(Pending one, Throwable reason) {
    bury(one.record(), "COLLECT", reason);
    pending.done(one);
  }

  private void commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = pending.committable();
    if (!offsets.equals(committed)) {
      consumer.commitSync(offsets);
      committed = offsets;
    }
  }

  /** Sends a dead letter and waits for Kafka's word: without it the record is not done with. */
  private void bury(ConsumerRecord<byte[], byte[]> record, String stage, Throwable reason) {
    try {
      deadLetters.send(DeadLetters.of(record, PART, stage, reason)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("a dead letter was not taken: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    LOG.warn(
        "event=dead-letter topic={} partition={} offset={} stage={} reason=\"{}\"",
        record.topic(),
        record.partition(),
        record.offset(),
        stage,
        reason.getMessage());
  }

  /** A partition that goes takes its alerts along: its new owner reads them again. */
  private final class Assignment implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (outage.waitsAt(clock.instant())) {
        consumer.pause(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      pending.forget(partitions);
      unread.removeIf(r -> partitions.contains(new TopicPartition(r.topic(), r.partition())));
      committed = Map.of();
    }
  }
}
