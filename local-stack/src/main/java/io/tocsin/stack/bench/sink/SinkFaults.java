package io.tocsin.stack.bench.sink;

import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.Severity;
import io.tocsin.stack.process.Child;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A load of detections and alerts, with repetitions and revisions out of order, while sinks are
 * killed and PostgreSQL is restarted at random moments. At the end the tables must hold each
 * distinct record of the topics once and each alert at its last revision.
 */
final class SinkFaults {

  private static final String GROUP = "faults";
  private static final List<String> SINKS = List.of("sink-a", "sink-b");
  private static final int LONGEST_WORK_MILLIS = 1_500;
  private static final int LONGEST_START_MILLIS = 3_000;
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);

  /** Of so many sinks one is killed while it starts, at whatever it is doing then. */
  private static final int ONE_IN_ITS_START = 5;

  private static final Duration CATCH_UP_WITHIN = Duration.ofMinutes(2);
  private static final int DAYS = 3;

  /**
   * What is done.
   *
   * @param kills of a sink, kill -9
   * @param restarts of PostgreSQL, every second of them a crash
   * @param recordsPerSecond about so many, for as long as sinks are killed
   */
  record Plan(int kills, int restarts, int recordsPerSecond, long seed) {}

  /**
   * What came of it; the campaign holds when nothing is wrong.
   *
   * @param killsAtWork those of sinks that held partitions
   * @param records on the topics, repetitions included
   * @param wrong the first few rows that differ from the topics
   */
  record Report(
      int kills,
      int killsAtWork,
      int restarts,
      long records,
      long distinctDetections,
      long detectionRows,
      long distinctAlerts,
      long alertRows,
      List<String> wrong,
      double seconds) {}

  private final Plan plan;
  private final SinkRig rig;
  private final Consumer<String> progress;
  private final AtomicInteger kills = new AtomicInteger();
  private final AtomicInteger killsAtWork = new AtomicInteger();
  private final AtomicBoolean loading = new AtomicBoolean(true);
  private final DetectionLoad load =
      DetectionLoad.ofDays(LocalDate.now(ZoneOffset.UTC).minusDays(DAYS + 1L), DAYS, 1_000_000);

  SinkFaults(Plan plan, SinkRig rig, Consumer<String> progress) {
    this.plan = plan;
    this.rig = rig;
    this.progress = progress;
  }

  Report run() throws SQLException, InterruptedException {
    long start = System.nanoTime();
    Child first = start(SINKS.get(0), "sink-first");
    SinkLogs.awaitAtWork(first);
    first.stop();
    CompletableFuture<Map<Integer, Long>> detections = async("load-detections", this::detections);
    CompletableFuture<Map<Integer, Long>> alerts = async("load-alerts", this::alerts);
    List<CompletableFuture<Integer>> killers = new ArrayList<>();
    for (int i = 0; i < SINKS.size(); i++) {
      int sink = i;
      killers.add(
          async(
              "kill-" + SINKS.get(i),
              () -> {
                kill(SINKS.get(sink), new Random(plan.seed() + sink));
                return kills.get();
              }));
    }
    CompletableFuture<Void> every =
        CompletableFuture.allOf(killers.toArray(CompletableFuture[]::new));
    int restarts = 0;
    while (restarts < plan.restarts()) {
      // Evenly among the kills.
      while (kills.get() < plan.kills() * (restarts + 1) / (plan.restarts() + 1)) {
        Thread.sleep(LOOK_EVERY.toMillis());
      }
      boolean hard = restarts % 2 == 0;
      rig.restartPostgres(hard);
      restarts++;
      progress.accept(
          "PostgreSQL restarted %d times, sinks killed %d times".formatted(restarts, kills.get()));
    }
    every.join();
    loading.set(false);
    Map<String, Map<Integer, Long>> ends = new TreeMap<>();
    ends.put(Topics.DETECTIONS.name(), detections.join());
    ends.put(Topics.DISTRESS_ALERTS.name(), alerts.join());
    Child last = start(SINKS.get(0), "sink-last");
    StoredRecords.awaitWritten(rig, GROUP, ends, CATCH_UP_WITHIN);
    last.stop();
    return report(restarts, ends, start);
  }

  private Report report(int restarts, Map<String, Map<Integer, Long>> ends, long startNanos)
      throws SQLException, InterruptedException {
    Map<String, String> wantedDetections = TopicRecords.detections(rig);
    Map<String, String> wantedAlerts = TopicRecords.alerts(rig);
    List<String> detections = StoredRecords.detections(rig);
    List<String> alerts = StoredRecords.alerts(rig);
    List<String> wrong = new ArrayList<>();
    wrong.addAll(TopicRecords.differences("detection", wantedDetections.values(), detections));
    wrong.addAll(TopicRecords.differences("alert", wantedAlerts.values(), alerts));
    progress.accept("the tables are compared; now a zombie");
    wrong.addAll(new ZombieTrial(rig, load).wrong());
    long records =
        ends.values().stream().flatMap(e -> e.values().stream()).mapToLong(Long::longValue).sum();
    return new Report(
        kills.get(),
        killsAtWork.get(),
        restarts,
        records,
        wantedDetections.size(),
        detections.size(),
        wantedAlerts.size(),
        alerts.size(),
        wrong,
        (System.nanoTime() - startNanos) / 1e9);
  }

  /** Starts a sink anew each time it has been killed, until there have been kills enough. */
  private void kill(String instance, Random random) throws InterruptedException {
    for (int start = 0; kills.get() < plan.kills(); start++) {
      Child sink = start(instance, instance + "-" + start);
      boolean inItsStart = random.nextInt(ONE_IN_ITS_START) == 0;
      if (!inItsStart) {
        SinkLogs.awaitAtWork(sink);
      }
      Duration life =
          Duration.ofMillis(
              random.nextInt(inItsStart ? LONGEST_START_MILLIS : LONGEST_WORK_MILLIS));
      // One that ended by itself, as a fenced one does, is started again but was not killed.
      if (!sink.await(life)) {
        rig.signal(sink, "KILL");
        kills.incrementAndGet();
        if (!inItsStart) {
          killsAtWork.incrementAndGet();
        }
      }
      sink.await();
    }
  }

  private Child start(String instance, String name) {
    return rig.startShortLivedSink(
        name, GROUP, List.of("--kafka.instanceId=" + instance, "--workers=1", "--batchSize=200"));
  }

  /** Every fifth detection twice, the second time later and elsewhere in the order. */
  private Map<Integer, Long> detections() throws InterruptedException {
    try (LoadedTopic<Detection> topic =
        new LoadedTopic<>(Topics.DETECTIONS, rig.registryClient(), rig.kafkaAddress())) {
      for (long i = 0; loading.get(); i++) {
        topic.send(load.detection(0, i));
        if (i % 5 == 0) {
          topic.send(load.detection(0, i / 2));
        }
        pace(i);
      }
      return topic.ends();
    }
  }

  /** Alerts of one to six revisions; one in four arrives before the one that it follows. */
  private Map<Integer, Long> alerts() throws InterruptedException {
    Random random = new Random(plan.seed());
    try (LoadedTopic<DistressAlert> topic =
        new LoadedTopic<>(Topics.DISTRESS_ALERTS, rig.registryClient(), rig.kafkaAddress())) {
      for (long i = 0; loading.get(); i++) {
        int revisions = 1 + random.nextInt(6);
        for (int revision = 1; revision <= revisions; revision++) {
          boolean swapped = revision < revisions && random.nextInt(4) == 0;
          topic.send(alert(i, swapped ? revision + 1 : revision));
          if (swapped) {
            topic.send(alert(i, revision++));
          }
        }
        pace(10 * i);
      }
      return topic.ends();
    }
  }

  private void pace(long sent) throws InterruptedException {
    int slice = Math.max(1, plan.recordsPerSecond() / 20);
    if (sent % slice == 0) {
      Thread.sleep(50);
    }
  }

  private DistressAlert alert(long number, int revision) {
    Detection detection = load.detection(0, number);
    return DistressAlert.newBuilder()
        .setAlertId("alert-" + number)
        .setRevision(revision)
        .setState(revision == 6 ? AlertState.CLOSED : AlertState.UPDATED)
        .setPatternId("glass-then-cry")
        .setSeverity(Severity.HIGH)
        .setProbability(0.5 + 0.05 * revision)
        .setLocation(
            new Location(
                detection.getPlace(),
                new ErrorEllipse(40.0, 15.0, 30.0),
                LocationMethod.MULTILATERATION,
                110.0))
        .setStartedAt(detection.getOnsetAt())
        .setEndedAt(detection.getEndAt())
        .setEvents(
            List.of(
                new AlertEvent(
                    "event-" + number,
                    detection.getLabel(),
                    detection.getOnsetAt(),
                    detection.getPlace(),
                    List.of(detection.getDetectionId()))))
        .setExplanation("revision " + revision)
        .build();
  }

  /** Work that may be interrupted. */
  private interface Work<T> {
    T run() throws InterruptedException;
  }

  private static <T> CompletableFuture<T> async(String name, Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (InterruptedException e) {
            throw new IllegalStateException(name + " was interrupted", e);
          }
        },
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          thread.start();
        });
  }
}
