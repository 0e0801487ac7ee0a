package io.tocsin.stack.server;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Flink session cluster: a JobManager with web pages and one TaskManager. Both have every jar of
 * the distribution on their class path, so that jobs are submitted without jars and native
 * libraries are loaded once.
 */
public final class FlinkCluster implements Server {

  private static final Duration SUBMISSION = Duration.ofMinutes(2);
  private static final Duration FULLY_RUNNING = Duration.ofSeconds(90);

  private final Distribution distribution;
  private final Launcher launcher;
  private final Path folder;
  private final int restPort;
  private final int rpcPort;
  private final int metricsPort;
  private final int slots;
  private final FlinkRest rest;
  private final List<Child> children = new ArrayList<>();

  /**
   * @param folder for configuration, checkpoints and temporary files
   * @param rpcPort a free port, used between the two processes
   * @param metricsPort two free ports from here on serve the JobManager's and the TaskManager's
   *     metrics
   */
  public FlinkCluster(
      Distribution distribution,
      Launcher launcher,
      Path folder,
      int restPort,
      int rpcPort,
      int metricsPort,
      int slots) {
    this.distribution = distribution;
    this.launcher = launcher;
    this.folder = folder;
    this.restPort = restPort;
    this.rpcPort = rpcPort;
    this.metricsPort = metricsPort;
    this.slots = slots;
    this.rest = new FlinkRest(restUrl());
  }

  /** Address of the REST interface and the web pages. */
  public String restUrl() {
    return "http://127.0.0.1:" + restPort;
  }

  /** Where Prometheus finds the metrics of the jobs: the TaskManager's page. */
  public String metricsUrl() {
    return "http://127.0.0.1:" + (metricsPort + 1) + "/metrics";
  }

  /** The REST interface. */
  public FlinkRest rest() {
    return rest;
  }

  @Override
  public String name() {
    return "flink";
  }

  @Override
  public List<Child> children() {
    return List.copyOf(children);
  }

  @Override
  public void start() {
    Path configuration = folder.resolve("conf");
    try {
      Files.createDirectories(configuration);
      Files.createDirectories(folder.resolve("tmp"));
      Files.createDirectories(folder.resolve("checkpoints"));
      Files.createDirectories(folder.resolve("plugins"));
      Files.writeString(configuration.resolve("config.yaml"), yaml());
    } catch (IOException e) {
      throw new UncheckedIOException(configuration + " cannot be written", e);
    }
    children.add(
        start(
            "flink-jobmanager",
            List.of("-Xmx512m"),
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            configuration,
            metricsPort));
    children.add(
        start(
            "flink-taskmanager",
            List.of("-Xms1g", "-Xmx1g", "-XX:MaxDirectMemorySize=768m"),
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            configuration,
            metricsPort + 1));
  }

  @Override
  public void awaitReady() throws InterruptedException {
    Readiness.await(
        name(),
        children(),
        () -> {
          int there = rest.overview().slots();
          if (there < slots) {
            throw new IOException(there + " of " + slots + " task slots are there");
          }
        });
  }

  /**
   * Submits a job from a JVM of its own and waits until it runs with all subtasks. It starts from
   * its newest retained checkpoint, if there is one. The program must understand the settings
   * {@code environment.cluster}, {@code environment.checkpointDirectory} and {@code
   * environment.restoreFrom}.
   *
   * @throws StackException if the submission fails or the job does not run
   */
  public FlinkRest.Job submit(JvmProgram job) throws InterruptedException {
    Path checkpoints = checkpointsOf(job.name());
    List<String> arguments = new ArrayList<>(job.arguments());
    arguments.add("--environment.cluster=127.0.0.1:" + restPort);
    arguments.add("--environment.checkpointDirectory=" + checkpoints.toUri());
    RetainedCheckpoints.latest(checkpoints)
        .ifPresent(from -> arguments.add("--environment.restoreFrom=" + from.toUri()));
    Child submission =
        launcher.start(
            JavaCommand.of(
                distribution,
                launcher,
                folder,
                "submit-" + job.name(),
                List.of(
                    "-Xmx" + job.heapMebibytes() + "m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1"),
                job.mainClass(),
                arguments));
    if (!submission.await(SUBMISSION)) {
      submission.stop();
      throw new StackException(
          "submitting %s takes more than %d s; see %s"
              .formatted(job.name(), SUBMISSION.toSeconds(), submission.log()));
    }
    if (submission.exitCode() != 0) {
      throw new StackException(
          "submitting %s ended with exit code %d; the end of %s:\n%s"
              .formatted(
                  job.name(), submission.exitCode(), submission.log(), submission.lastLines()));
    }
    return rest.awaitRunning(job.name(), FULLY_RUNNING);
  }

  /** Where the job's checkpoints lie. */
  public Path checkpointsOf(String job) {
    return folder.resolve("checkpoints").resolve(job);
  }

  private Child start(
      String name, List<String> options, String mainClass, Path configuration, int metrics) {
    return launcher.start(
        JavaCommand.of(
            distribution,
            launcher,
            folder,
            name,
            options,
            mainClass,
            List.of(
                "--configDir",
                configuration.toString(),
                "-D",
                "metrics.reporter.prometheus.port=" + metrics)));
  }

  private String yaml() {
    Path checkpoints = folder.resolve("checkpoints");
    Path temporary = folder.resolve("tmp");
    return """
        rest.address: 127.0.0.1
        rest.bind-address: 127.0.0.1
        rest.port: %1$d
        rest.bind-port: %1$d
        # Nobody uploads code to a cluster that has its jobs on the class path.
        web.submit.enable: false
        jobmanager.rpc.address: 127.0.0.1
        jobmanager.rpc.port: %2$d
        jobmanager.bind-host: 127.0.0.1
        taskmanager.host: 127.0.0.1
        taskmanager.bind-host: 127.0.0.1
        taskmanager.resource-id: taskmanager-1
        taskmanager.numberOfTaskSlots: %3$d
        taskmanager.cpu.cores: %3$d.0
        # The heap of the process is framework plus task; direct memory is both off-heaps plus network.
        taskmanager.memory.framework.heap.size: 128m
        taskmanager.memory.task.heap.size: 896m
        taskmanager.memory.framework.off-heap.size: 128m
        taskmanager.memory.task.off-heap.size: 512m
        taskmanager.memory.network.min: 128m
        taskmanager.memory.network.max: 128m
        taskmanager.memory.managed.size: 128m
        taskmanager.memory.jvm-metaspace.size: 256m
        taskmanager.memory.jvm-overhead.min: 256m
        taskmanager.memory.jvm-overhead.max: 256m
        pipeline.generic-types: false
        pipeline.auto-generate-uids: false
        execution.checkpointing.dir: %4$s
        execution.checkpointing.num-retained: 2
        execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
        restart-strategy.type: exponential-delay
        restart-strategy.exponential-delay.max-backoff: 10 s
        restart-strategy.exponential-delay.reset-backoff-threshold: 5 min
        # A busy machine may take longer than the default's 10 s to set up a task, and is no broken one.
        pekko.ask.timeout: 1 min
        io.tmp.dirs: %5$s
        metrics.reporters: prometheus
        metrics.reporter.prometheus.factory.class: org.apache.flink.metrics.prometheus.LoopbackPrometheusReporterFactory
        # Milliseconds; whoever reads a count here waits for it, and the default is ten seconds.
        metrics.fetcher.update-interval: 200
        """
        .formatted(restPort, rpcPort, slots, checkpoints.toUri(), temporary);
  }
}
