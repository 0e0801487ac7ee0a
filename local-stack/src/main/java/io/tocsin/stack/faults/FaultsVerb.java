package io.tocsin.stack.faults;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.Folders;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.cluster.Cluster;
import io.tocsin.stack.cluster.LimitedDisk;
import io.tocsin.stack.cluster.NetworkImpairment;
import io.tocsin.stack.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a fault campaign against a cluster of processes. */
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description = {
      "Starts three brokers, a registry, PostGIS, a Flink cluster with a JobManager and two",
      "TaskManagers, and two sinks, each a process of its own. Plays a known load of eight sensors",
      "without a fault, then with each fault in its middle, and holds frames, detections, alerts",
      "and rows against the run without."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was lost and nothing is there twice",
      "1:something was, or something failed",
      "2:the command line is wrong",
      "3:something that the machine must have is missing"
    })
public final class FaultsVerb implements Callable<Integer> {

  static final long SEED = 7;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--faults",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Which, in this order: taskmanager, jobmanager, broker, registry, postgres, sink,"
            + " producer,",
        "frozen-taskmanager, frozen-broker, poison, diskfull-broker, diskfull-postgres, cut-broker,",
        "cut-postgres, slow-network, clockstep, rebalance; none is a run without, for comparison.",
        "A full disk and the network's faults need root. Default: all that can be but none."
      })
  private List<String> names = List.of();

  @Option(
      names = "--repetitions",
      defaultValue = "3",
      description = "Of each fault; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--hours",
      defaultValue = "0",
      description = "Go on for at least so long, with as many repetitions as it takes.")
  private double hours;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Folder for what the processes write, kept at the end. Default: one that is kept only"
              + " where something is wrong.")
  private @Nullable Path work;

  @Override
  public Integer call() throws IOException, InterruptedException, SQLException {
    if (repetitions < 1) {
      throw new ParameterException(
          spec.commandLine(), "--repetitions is " + repetitions + "; 1 or more");
    }
    if (!(hours >= 0)) {
      throw new ParameterException(spec.commandLine(), "--hours is " + hours + "; 0 or more");
    }
    Campaign.Plan plan =
        new Campaign.Plan(
            names.isEmpty() ? possible() : names.stream().map(Fault::of).toList(),
            repetitions,
            Duration.ofSeconds((long) (hours * 3_600)));
    Path model = bundle.resolve();
    SoundLibrary library =
        new SoundLibrary(audio.resolve(StackOptions.home()), Demo.trainedOn(model));
    Path folder =
        work == null
            ? Files.createTempDirectory("tocsin-faults")
            : Files.createDirectories(work.toAbsolutePath().normalize());
    FaultsReport report = run(plan, model, library, folder, progress());
    boolean holds = report.holds();
    if (work == null && holds) {
      Folders.delete(folder);
    } else {
      progress().accept("what the processes wrote is in " + folder);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : String.join(System.lineSeparator(), report.lines()));
    out.flush();
    return holds ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /** Starts a cluster in a folder, runs a campaign and ends the cluster. */
  private static FaultsReport run(
      Campaign.Plan plan, Path bundle, SoundLibrary library, Path folder, Consumer<String> progress)
      throws IOException, InterruptedException, SQLException {
    Path loadFolder = folder.resolve("load");
    KnownLoad.render(loadFolder, library, SEED);
    KnownLoad load = KnownLoad.read(loadFolder);
    boolean limitsDisks = plan.faults().stream().anyMatch(Fault::needsLimitedDisks);
    try (Cluster cluster = Cluster.start(folder, bundle, Map.of(), limitsDisks, progress)) {
      return new Campaign(plan, cluster, loadFolder, load, ModelBundle.load(bundle), progress)
          .run();
    }
  }

  private List<Fault> possible() throws InterruptedException {
    List<Fault> all = Fault.all();
    if (!LimitedDisk.isPossible()) {
      all = without(all, Fault::needsLimitedDisks, "need root");
    }
    if (!NetworkImpairment.isPossible()) {
      all = without(all, Fault::needsNetworkImpairment, "need root, iptables and tc's htb");
    }
    return all;
  }

  private List<Fault> without(List<Fault> faults, Predicate<Fault> those, String reason) {
    progress()
        .accept(
            "left out: %s, which %s"
                .formatted(
                    faults.stream().filter(those).map(Fault::word).collect(joining(", ")), reason));
    return faults.stream().filter(those.negate()).toList();
  }

  private Consumer<String> progress() {
    PrintWriter err = spec.commandLine().getErr();
    long start = System.nanoTime();
    return line -> {
      err.printf("%4d s  %s%n", (System.nanoTime() - start) / 1_000_000_000, line);
      err.flush();
    };
  }
}
