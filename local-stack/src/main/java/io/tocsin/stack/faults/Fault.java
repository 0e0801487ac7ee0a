package io.tocsin.stack.faults;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.LimitedDisk;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.cluster.NetworkImpairment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is done to a cluster under load. */
enum Fault {
  /** Nothing: what a run without a fault differs by from another one. */
  NONE,
  /** The busiest TaskManager is killed. */
  TASKMANAGER,
  /** The JobManager is killed. */
  JOBMANAGER,
  /** A broker is killed, another one each time; it is a controller too. */
  BROKER,
  /** The schema registry is killed. */
  REGISTRY,
  /** PostgreSQL is killed. */
  POSTGRES,
  /** A sink is killed, the other one each time. */
  SINK,
  /** The sensors' producer is killed. */
  PRODUCER,
  /** The busiest TaskManager stands still for longer than Flink waits for it. */
  FROZEN_TASKMANAGER,
  /** A broker stands still for longer than the others wait for it. */
  FROZEN_BROKER,
  /** Thousands of records that nobody can read. */
  POISON,
  /** A broker's disk is full, and later has room again. */
  DISKFULL_BROKER,
  /** PostgreSQL's disk is full, and later has room again. */
  DISKFULL_POSTGRES,
  /**
   * No packet reaches a broker's ports or leaves them, another one each time; it reaches others.
   */
  CUT_BROKER,
  /** No packet reaches PostgreSQL or leaves it. */
  CUT_POSTGRES,
  /** The network of brokers and PostgreSQL is slower than the load, and loses packets. */
  SLOW_NETWORK,
  /** Sensors come along whose capture clocks step forward and back. */
  CLOCKSTEP,
  /** Consumers of the sinks' group come and go. */
  REBALANCE;

  private static final Duration AWAY = Duration.ofSeconds(4);
  private static final Duration FROZEN = Duration.ofSeconds(20);

  private static final Duration FULL = Duration.ofSeconds(15);
  private static final Duration IMPAIRED = Duration.ofSeconds(20);

  /** The load's frames alone are 2 Mbit/s, written thrice and read once. */
  private static final long SLOW_BITS_PER_SECOND = 6_000_000;

  private static final double LOST_PACKETS = 0.02;
  private static final int STORMY_CONSUMERS = 10;

  /** Records that nobody can read, on each topic that is flooded. */
  static final int POISON_RECORDS = 2_000;

  /** As the command line calls it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Every fault, without {@link #NONE}. */
  static List<Fault> all() {
    return Arrays.stream(values()).filter(fault -> fault != NONE).toList();
  }

  /**
   * The fault of that name.
   *
   * @throws IllegalArgumentException if there is none; the message names them all
   */
  static Fault of(String word) {
    return Arrays.stream(values())
        .filter(fault -> fault.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no fault '%s'; there is: %s"
                        .formatted(
                            word,
                            Arrays.stream(values())
                                .map(Fault::word)
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * What a fault strikes.
   *
   * @param producer of the load
   * @param fleet number of the fleet that plays it
   */
  record Target(Cluster cluster, Member producer, KnownLoad load, ModelBundle bundle, int fleet) {}

  /** Whether it needs disks that can be filled. */
  boolean needsLimitedDisks() {
    return this == DISKFULL_BROKER || this == DISKFULL_POSTGRES;
  }

  /** Whether it needs a network that can be cut and slowed. */
  boolean needsNetworkImpairment() {
    return this == CUT_BROKER || this == CUT_POSTGRES || this == SLOW_NETWORK;
  }

  /**
   * Strikes, and puts back what was taken away.
   *
   * @param repetition from 0 on; decides which of several alike is struck
   * @return sensors that came along
   */
  Beside strike(Target target, int repetition) throws InterruptedException {
    Cluster cluster = target.cluster();
    switch (this) {
      case NONE -> {}
      case TASKMANAGER -> kill(cluster.busiestTaskManager());
      case JOBMANAGER -> kill(cluster.jobManager());
      case BROKER -> kill(nth(cluster.brokers(), repetition));
      case REGISTRY -> kill(cluster.registry());
      case POSTGRES -> kill(cluster.postgres());
      case SINK -> kill(nth(cluster.sinks(), repetition));
      case PRODUCER -> kill(target.producer());
      case FROZEN_TASKMANAGER -> freeze(cluster.busiestTaskManager());
      case FROZEN_BROKER -> freeze(nth(cluster.brokers(), repetition));
      case POISON -> Poison.flood(cluster.kafkaSettings(), POISON_RECORDS, repetition);
      case DISKFULL_BROKER -> fill(cluster.brokerDisk());
      case DISKFULL_POSTGRES -> fill(cluster.postgresDisk());
      case CUT_BROKER -> endure(NetworkImpairment.cut(nth(cluster.brokerPorts(), repetition)));
      case CUT_POSTGRES -> endure(NetworkImpairment.cut(List.of(cluster.postgresPort())));
      case SLOW_NETWORK -> {
        List<Integer> ports = new ArrayList<>(List.of(cluster.postgresPort()));
        cluster.brokerPorts().forEach(ports::addAll);
        endure(NetworkImpairment.slow(ports, SLOW_BITS_PER_SECOND, LOST_PACKETS));
      }
      case CLOCKSTEP -> {
        return ClockSteps.play(cluster.endpoints(), target.load(), target.bundle(), target.fleet());
      }
      case REBALANCE -> {
        if (RebalanceStorm.blow(cluster.kafkaSettings(), STORMY_CONSUMERS) == 0) {
          throw new StackException(
              "no consumer of %d was given a partition of group %s: there was no rebalance"
                  .formatted(STORMY_CONSUMERS, Cluster.SINK_GROUP));
        }
      }
    }
    return Beside.NOBODY;
  }

  private static <T> T nth(List<T> alike, int repetition) {
    return alike.get(repetition % alike.size());
  }

  private static void kill(Member member) throws InterruptedException {
    member.kill();
    Thread.sleep(AWAY.toMillis());
    member.start();
  }

  private static void freeze(Member member) throws InterruptedException {
    member.freeze();
    Thread.sleep(FROZEN.toMillis());
    member.thaw();
  }

  private static void endure(NetworkImpairment impairment) throws InterruptedException {
    try (impairment) {
      Thread.sleep(IMPAIRED.toMillis());
    }
  }

  private static void fill(LimitedDisk disk) throws InterruptedException {
    disk.fill();
    Thread.sleep(FULL.toMillis());
    disk.makeRoom();
  }
}
