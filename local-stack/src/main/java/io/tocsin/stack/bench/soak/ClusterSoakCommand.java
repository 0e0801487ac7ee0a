package io.tocsin.stack.bench.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.Folders;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.demo.Demo;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The cluster of {@code tocsin faults} under a steady load for long. */
@Command(
    name = "cluster-soak",
    mixinStandardHelpOptions = true,
    description = {
      "Measures what ScoringJob reaches in a cluster of three brokers, a Flink cluster with two",
      "TaskManagers, PostGIS and two sinks, then plays a share of that into it at the pace of time,",
      "round and round, and watches memory, state, checkpoints and what waits. Every round must",
      "leave the same detections in PostGIS."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was lost and nothing grew",
      "1:something was or did, or something failed",
      "2:the command line is wrong",
      "3:something is missing"
    })
public final class ClusterSoakCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();

  @Option(
      names = "--hours",
      defaultValue = "1",
      description = "How long the load lasts; default ${DEFAULT-VALUE}.")
  private double hours;

  @Option(
      names = "--share",
      defaultValue = "0.5",
      description = "Of what the cluster reaches; default ${DEFAULT-VALUE}.")
  private double share;

  @Option(
      names = "--windows",
      defaultValue = "16000",
      description = "Windows of the measurement before; default ${DEFAULT-VALUE}.")
  private int windows;

  @Option(names = "--json", description = "Print JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (!(hours >= 0.05) || !(share > 0 && share <= 1)) {
      throw new ParameterException(
          spec.commandLine(),
          "--hours is %s and --share %s; 0.05 or more, and above 0 up to 1"
              .formatted(hours, share));
    }
    Path model = bundle.resolve();
    List<Path> recordings = audio.resolve(StackOptions.home());
    Path folder = Files.createTempDirectory("tocsin-soak");
    Consumer<String> progress = progress();
    SoakReport report =
        new ClusterSoak(
                model,
                recordings,
                new SoundLibrary(recordings, Demo.trainedOn(model)),
                folder,
                share,
                Duration.ofMillis((long) (hours * 3_600_000)),
                windows,
                progress)
            .run();
    if (report.holds()) {
      Folders.delete(folder);
    } else {
      progress.accept("what the processes wrote is in " + folder);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json
            ? new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(report)
            : String.join(System.lineSeparator(), report.lines()));
    out.flush();
    return report.holds() ? ExitCodes.DONE : ExitCodes.FAILED;
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
