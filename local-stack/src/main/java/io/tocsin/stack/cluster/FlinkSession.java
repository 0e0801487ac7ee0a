package io.tocsin.stack.cluster;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.server.FlinkRest;
import io.tocsin.stack.server.JavaCommand;
import io.tocsin.stack.server.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * A Flink session cluster of a JobManager and TaskManagers, each a process, every jar of the
 * distribution on their class path. What is submitted outlives the JobManager: who leads and which
 * checkpoint is the newest are in a ZooKeeper, the one that is inside Flink's own jars, and the
 * jobs' plans and checkpoints are on disk.
 */
final class FlinkSession {

  static final int TASK_MANAGERS = 2;

  /** One TaskManager alone has room for all jobs. */
  private static final int SLOTS_EACH = 4;

  private static final Duration SUBMISSION = Duration.ofMinutes(2);
  private static final Duration FULLY_RUNNING = Duration.ofSeconds(90);

  private final Distribution distribution;
  private final Launcher launcher;
  private final Path folder;
  private final int restPort;
  private final int rpcPort;
  private final int zooKeeperPort;
  private final FlinkRest rest;
  private final Member zooKeeper;
  private final Member jobManager;
  private final List<Member> taskManagers;

  FlinkSession(Distribution distribution, Launcher launcher, Path folder, IntSupplier freePorts) {
    this.distribution = distribution;
    this.launcher = launcher;
    this.folder = folder;
    this.restPort = freePorts.getAsInt();
    this.rpcPort = freePorts.getAsInt();
    this.zooKeeperPort = freePorts.getAsInt();
    this.rest = new FlinkRest(restUrl());
    this.zooKeeper = new Member("zookeeper", n -> startZooKeeper());
    this.jobManager = new Member("flink-jobmanager", n -> startJobManager());
    this.taskManagers =
        IntStream.rangeClosed(1, TASK_MANAGERS)
            .mapToObj(
                id -> new Member("flink-taskmanager-" + id, starts -> startTaskManager(id, starts)))
            .toList();
  }

  String restUrl() {
    return "http://127.0.0.1:" + restPort;
  }

  FlinkRest rest() {
    return rest;
  }

  Member zooKeeper() {
    return zooKeeper;
  }

  Member jobManager() {
    return jobManager;
  }

  List<Member> taskManagers() {
    return taskManagers;
  }

  /** Writes the configuration and starts all processes; does not wait for them. */
  void start() throws InterruptedException {
    try {
      for (String part : List.of("conf", "tmp", "checkpoints", "ha", "plugins", "zookeeper")) {
        Files.createDirectories(folder.resolve(part));
      }
      FlinkConfiguration configuration =
          new FlinkConfiguration(folder, restPort, rpcPort, zooKeeperPort, SLOTS_EACH);
      Files.writeString(folder.resolve("conf/config.yaml"), configuration.yaml());
      Files.writeString(folder.resolve("zoo.cfg"), configuration.zooKeeper());
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be written", e);
    }
    zooKeeper.start();
    jobManager.start();
    for (Member taskManager : taskManagers) {
      taskManager.start();
    }
  }

  void awaitReady() throws InterruptedException {
    List<Child> children = new ArrayList<>(List.of(zooKeeper.running(), jobManager.running()));
    taskManagers.forEach(member -> children.add(member.running()));
    Readiness.await(
        "flink",
        children,
        () -> {
          int there = rest.overview().taskManagers();
          if (there < TASK_MANAGERS) {
            throw new IOException(there + " of " + TASK_MANAGERS + " TaskManagers are there");
          }
        });
  }

  /** Submits a job from a JVM of its own and waits until all its subtasks run. */
  void submit(JvmProgram job) throws InterruptedException {
    List<String> arguments = new ArrayList<>(job.arguments());
    arguments.add("--environment.cluster=127.0.0.1:" + restPort);
    arguments.add(
        "--environment.checkpointDirectory="
            + folder.resolve("checkpoints").resolve(job.name()).toUri());
    Child submission =
        launcher.start(
            JavaCommand.of(
                distribution,
                launcher,
                folder,
                "submit-" + job.name(),
                List.of("-Xmx" + job.heapMebibytes() + "m", "-XX:TieredStopAtLevel=1"),
                job.mainClass(),
                arguments));
    if (!submission.await(SUBMISSION)) {
      submission.stop();
      throw new StackException("submitting " + job.name() + " takes too long");
    }
    if (submission.exitCode() != 0) {
      throw new StackException(
          "submitting %s ended with exit code %d:%n%s"
              .formatted(job.name(), submission.exitCode(), submission.lastLines()));
    }
    var unused = rest.awaitRunning(job.name(), FULLY_RUNNING);
  }

  private Child startZooKeeper() {
    return launcher.start(
        JavaCommand.of(
            distribution,
            launcher,
            folder,
            "zookeeper",
            List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
            List.of("--zkConfigFile", folder.resolve("zoo.cfg").toString(), "--peerId", "1")));
  }

  private Child startJobManager() {
    return startFlink(
        "flink-jobmanager",
        List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        List.of());
  }

  private Child startTaskManager(int id, int startsBefore) {
    // A name of its own each time, as a pod has one: what the dead one held is not taken for its.
    return startFlink(
        "flink-taskmanager-" + id,
        // All of the heap from the start, or a soak sees it filled for the first time as growth.
        List.of(
            "-Xms512m",
            "-Xmx512m",
            "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=512m",
            "-XX:+UseSerialGC"),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        List.of("-D", "taskmanager.resource-id=" + resourceId(id, startsBefore)));
  }

  private static String resourceId(int id, int startsBefore) {
    return "taskmanager-" + id + "-" + startsBefore;
  }

  /**
   * The TaskManager with the most work.
   *
   * @throws StackException if Flink does not tell
   */
  Member busiestTaskManager() throws InterruptedException {
    try {
      Member busiest = taskManagers.get(0);
      int most = -1;
      for (var known : rest.json("/taskmanagers").path("taskmanagers")) {
        int busy = known.path("slotsNumber").asInt() - known.path("freeSlots").asInt();
        for (int i = 0; i < taskManagers.size(); i++) {
          String id = resourceId(i + 1, taskManagers.get(i).starts() - 1);
          if (known.path("id").asText().equals(id) && busy > most) {
            most = busy;
            busiest = taskManagers.get(i);
          }
        }
      }
      return busiest;
    } catch (IOException e) {
      throw new StackException("Flink does not say what its TaskManagers do: " + e, e);
    }
  }

  private Child startFlink(
      String name, List<String> options, String mainClass, List<String> further) {
    List<String> arguments =
        new ArrayList<>(List.of("--configDir", folder.resolve("conf").toString()));
    arguments.addAll(further);
    return launcher.start(
        JavaCommand.of(distribution, launcher, folder, name, options, mainClass, arguments));
  }
}
