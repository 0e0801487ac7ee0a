package io.tocsin.stack.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.Folders;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.Member;
import io.tocsin.stack.process.TcpPorts;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Both jobs in a cluster of processes beside one JVM. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Windows a second of ScoringJob and picks a second of DistressJob, at several parallelisms,",
      "in a Flink cluster of a JobManager and two TaskManagers and in one JVM that is all of"
          + " Flink,",
      "in turns, from the same pre-loaded topics of the same three brokers. Starts all of them."
    })
public final class ClusterBenchCommand implements Callable<Integer> {

  private static final List<String> JOBS = List.of("distress", "scoring");

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();

  @Option(
      names = "--jobs",
      split = ",",
      paramLabel = "NAME",
      defaultValue = "distress,scoring",
      description = "Which; default ${DEFAULT-VALUE}.")
  private List<String> jobs = List.of();

  @Option(
      names = "--parallelism",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2",
      description = "Of the jobs, at most 4; default ${DEFAULT-VALUE}.")
  private List<Integer> parallelism = List.of();

  @Option(
      names = "--windows",
      defaultValue = "16000",
      description = "Windows in a repetition of ScoringJob; default ${DEFAULT-VALUE}.")
  private int windows;

  @Option(
      names = "--picks",
      defaultValue = "400000",
      description = "Picks in a repetition of DistressJob; default ${DEFAULT-VALUE}.")
  private int picks;

  @Option(
      names = "--warm-ups",
      defaultValue = "1",
      description = "Runs of each way before that do not count; default ${DEFAULT-VALUE}.")
  private int warmUps;

  @Option(
      names = "--repetitions",
      defaultValue = "3",
      description = "Of each way at each parallelism, in turns; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of what is heard; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (!JOBS.containsAll(jobs) || repetitions < 1 || parallelism.stream().anyMatch(p -> p < 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "--jobs takes %s, --parallelism and --repetitions 1 or more".formatted(JOBS));
    }
    Path model = bundle.resolve();
    List<Path> recordings =
        jobs.contains("scoring") ? audio.resolve(StackOptions.home()) : List.of();
    Path folder = Files.createTempDirectory("tocsin-bench-cluster");
    try (Cluster cluster = Cluster.servers(folder, model, this::say)) {
      ClusterMeasurement measurement =
          new ClusterMeasurement(
              cluster,
              oneJvm(cluster, folder),
              new FlinkWay(
                  "cluster",
                  cluster.endpoints().flinkUrl(),
                  cluster.flink(),
                  folder.resolve("checkpoints-of-cluster"),
                  false),
              new ClusterMeasurement.Extent(
                  windows, picks, parallelism, warmUps, repetitions, seed),
              this::say);
      List<ClusterReport.Job> measured = new ArrayList<>();
      if (jobs.contains("distress")) {
        measured.add(measurement.distress());
      }
      if (jobs.contains("scoring")) {
        measured.add(measurement.scoring(model, recordings));
      }
      int cores = Runtime.getRuntime().availableProcessors();
      print(
          new ClusterReport(
              cores, ModelBundle.load(model).ref().toString(), measured, limits(cores)));
    }
    Folders.delete(folder);
    return ExitCodes.DONE;
  }

  private static FlinkWay oneJvm(Cluster cluster, Path folder) throws InterruptedException {
    int port = TcpPorts.own(1)[0];
    Member process = cluster.member(OneJvmFlink.program(port, folder.resolve("one-jvm")));
    process.start();
    return new FlinkWay(
        "one JVM",
        "http://127.0.0.1:" + port,
        List.of(process),
        folder.resolve("checkpoints-of-one-jvm"),
        true);
  }

  private List<String> limits(int cores) {
    List<String> limits = new ArrayList<>();
    limits.add(
        "All processes share "
            + cores
            + " cores: the three brokers, the way that is measured and the idle one. A job at"
            + " parallelism 2 competes with its brokers, so that its gain over parallelism 1 is"
            + " less than where each has a machine.");
    if (parallelism.stream().anyMatch(p -> p > cores)) {
      limits.add("A parallelism above " + cores + " has no cores of its own here.");
    }
    limits.add(
        "ScoringJob has one thread for the model for each subtask, in either way. Loopback stands"
            + " for the network. The cluster keeps its jobs' plans and checkpoints in a ZooKeeper;"
            + " the one JVM does not.");
    return limits;
  }

  private void print(ClusterReport report) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : String.join(System.lineSeparator(), report.lines()));
    out.flush();
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
