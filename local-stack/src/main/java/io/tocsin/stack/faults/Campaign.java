package io.tocsin.stack.faults;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Plays the known load into a running cluster: without a fault, for reference, and then once for
 * each fault and repetition, the fault in its middle. Each playing is of a fleet of its own, so
 * that all may follow one another in the same cluster.
 */
final class Campaign {

  private static final Duration LEAD = Duration.ofSeconds(2);
  private static final Duration FAULT_AT = Duration.ofSeconds(8);
  private static final Duration RECOVERS_WITHIN = Duration.ofSeconds(90);
  private static final Duration SETTLES_WITHIN = Duration.ofMinutes(2);
  private static final Duration QUIET = Duration.ofSeconds(4);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final long SECOND_MICROS = 1_000_000;
  private static final int PRODUCER_HEAP_MEBIBYTES = 96;

  /**
   * What is done.
   *
   * @param repetitions of each fault
   * @param atLeast rounds of all faults go on until so much time has gone by
   */
  record Plan(List<Fault> faults, int repetitions, Duration atLeast) {

    Plan {
      faults = List.copyOf(faults);
    }
  }

  private final Plan plan;
  private final Cluster cluster;
  private final Path loadFolder;
  private final KnownLoad load;
  private final ModelBundle bundle;
  private final Consumer<String> progress;
  private final List<Played> played = new ArrayList<>();
  private long poison;

  Campaign(
      Plan plan,
      Cluster cluster,
      Path loadFolder,
      KnownLoad load,
      ModelBundle bundle,
      Consumer<String> progress) {
    this.plan = plan;
    this.cluster = cluster;
    this.loadFolder = loadFolder;
    this.load = load;
    this.bundle = bundle;
    this.progress = progress;
  }

  FaultsReport run() throws InterruptedException, SQLException {
    long start = System.nanoTime();
    Played reference = play(Fault.NONE, 0, Map.of());
    if (reference.seen().isEmpty()) {
      throw new StackException("the load without a fault gave no detection: it proves nothing");
    }
    progress.accept("without a fault: " + reference.seen().size() + " detections");
    for (int round = 0;
        round < plan.repetitions() || System.nanoTime() - start < plan.atLeast().toNanos();
        round++) {
      for (Fault fault : plan.faults()) {
        Played one = play(fault, round, reference.seen());
        progress.accept(
            String.format(
                Locale.ROOT,
                "%s: recovered after %.1f s%s",
                fault.word(),
                one.recoverySeconds(),
                one.stuck().isEmpty() ? "" : "; " + one.stuck()));
      }
    }
    List<String> wrong = settle();
    return new Judgement(cluster, load, played).report(plan.faults(), wrong, start);
  }

  /**
   * Plays the load once.
   *
   * @param reference when each row was there without a fault; empty where this is the reference
   */
  private Played play(Fault fault, int repetition, Map<String, Long> reference)
      throws InterruptedException {
    int number = played.size();
    long lead = RowWatch.now() + LEAD.toNanos() / 1_000;
    Fleet fleet = new Fleet(number, (lead / SECOND_MICROS + 1) * SECOND_MICROS);
    Member producer = producer(cluster, loadFolder, fleet);
    producer.start();
    try (RowWatch watch = new RowWatch(cluster, fleet)) {
      sleepUntil(fleet, FAULT_AT);
      long struckMicros = fleet.loadMicros(RowWatch.now());
      Beside beside =
          fault.strike(
              new Fault.Target(cluster, producer, load, bundle, fleet.number()), repetition);
      if (fault == Fault.POISON) {
        poison += (long) Fault.POISON_RECORDS * Poison.TOPICS.size();
      }
      sleepUntil(fleet, Duration.ofMillis((long) (KnownScene.SECONDS * 1_000)));
      List<String> stuck = awaitRecovery(producer, watch, reference);
      Map<String, Long> seen = watch.seen();
      Played done =
          new Played(
              fault, fleet, beside, seen, Recovery.seconds(reference, seen, struckMicros), stuck);
      played.add(done);
      return done;
    }
  }

  /** Plays the load as a fleet; not started yet. */
  static Member producer(Cluster cluster, Path loadFolder, Fleet fleet) {
    return cluster.member(
        new JvmProgram(
            "producer-" + fleet.number(),
            LoadProducer.class.getName(),
            PRODUCER_HEAP_MEBIBYTES,
            List.of(
                cluster.endpoints().bootstrapServers(),
                cluster.endpoints().registryUrl(),
                loadFolder.toString(),
                Integer.toString(fleet.number()),
                Long.toString(fleet.startMicros()),
                loadFolder.resolve(fleet.name() + ".place").toString())));
  }

  /** What is still not right when it should be; empty when all is well. */
  private List<String> awaitRecovery(Member producer, RowWatch watch, Map<String, Long> reference)
      throws InterruptedException {
    long deadline = System.nanoTime() + RECOVERS_WITHIN.toNanos();
    while (true) {
      String missing = missing(producer, watch, reference);
      String problem = missing.isEmpty() ? cluster.ailment() : missing;
      if (problem.isEmpty()) {
        return List.of();
      }
      if (System.nanoTime() - deadline > 0) {
        return List.of("after %d s %s".formatted(RECOVERS_WITHIN.toSeconds(), problem));
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private static String missing(Member producer, RowWatch watch, Map<String, Long> reference)
      throws InterruptedException {
    if (producer.isAlive()) {
      return "the producer still has frames";
    }
    if (!producer.endedWell()) {
      producer.start();
      return "Kafka did not take all frames yet";
    }
    Map<String, Long> seen = watch.seen();
    if (reference.isEmpty()) {
      // Nobody knows yet how many there will be.
      long last = seen.values().stream().mapToLong(Long::longValue).max().orElse(0);
      long quiet = Math.max(last, (long) (KnownScene.SECONDS * SECOND_MICROS));
      return watchedFor(watch) < quiet + QUIET.toNanos() / 1_000 ? "more rows may come" : "";
    }
    long there = reference.keySet().stream().filter(seen::containsKey).count();
    return there == reference.size()
        ? ""
        : "%d of %d rows are there".formatted(there, reference.size());
  }

  private static long watchedFor(RowWatch watch) {
    return watch.fleet().loadMicros(RowWatch.now());
  }

  private static void sleepUntil(Fleet fleet, Duration ofLoad) throws InterruptedException {
    long left = ofLoad.toNanos() / 1_000 - fleet.loadMicros(RowWatch.now());
    Thread.sleep(Math.max(0, left / 1_000));
  }

  /** Waits until all is said and written; what is not by then is in the list. */
  private List<String> settle() throws InterruptedException {
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (true) {
      String problem = unsettled();
      if (problem.isEmpty()) {
        return List.of();
      }
      if (System.nanoTime() - deadline > 0) {
        return List.of("at the end " + problem);
      }
      Thread.sleep(LOOK_EVERY.toMillis());
    }
  }

  private String unsettled() {
    try (Connection connection = cluster.connect()) {
      long open = StoredOutcomes.openAlerts(connection);
      if (open > 0) {
        return open + " alerts are open";
      }
      long letters = StoredOutcomes.deadLetters(connection, Poison.KEY);
      if (letters != poison) {
        return "%d of %d poisoned records are dead letters".formatted(letters, poison);
      }
      for (Played one : played) {
        String missing = missing(one.beside(), connection);
        if (!missing.isEmpty()) {
          return missing;
        }
      }
      return SinkLag.of(cluster, connection);
    } catch (SQLException e) {
      return "PostGIS does not answer: " + e.getMessage();
    }
  }

  private static String missing(Beside beside, Connection connection) throws SQLException {
    if (!beside.isAnybody()) {
      return "";
    }
    long letters = StoredOutcomes.deadLetters(connection, beside.sensors());
    if (letters != beside.deadLetters()) {
      return "%d of %d frames of %s are dead letters"
          .formatted(letters, beside.deadLetters(), beside.sensors());
    }
    int there = StoredOutcomes.detectionIds(connection, beside.sensors()).size();
    return there < beside.detections().size()
        ? "%d of %d detections of %s are there"
            .formatted(there, beside.detections().size(), beside.sensors())
        : "";
  }
}
