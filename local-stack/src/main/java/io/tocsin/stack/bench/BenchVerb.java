package io.tocsin.stack.bench;

import io.tocsin.stack.bench.association.AssociationBenchCommand;
import io.tocsin.stack.bench.cluster.ClusterBenchCommand;
import io.tocsin.stack.bench.modes.EdgeModesCommand;
import io.tocsin.stack.bench.outage.OutageCommand;
import io.tocsin.stack.bench.sink.SinkBenchCommand;
import io.tocsin.stack.bench.sink.SinkFaultsCommand;
import io.tocsin.stack.bench.soak.ClusterSoakCommand;
import io.tocsin.stack.classifier.BundlesBench;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures, and prints JSON when asked to.",
    subcommands = {
      ScenesBench.class,
      OnsetsBench.class,
      ScoringBench.class,
      BundlesBench.class,
      SoakBench.class,
      SqlBenchVerb.class,
      SinkBenchCommand.class,
      SinkFaultsCommand.class,
      AssociationBenchCommand.class,
      OutageCommand.class,
      SignaturesBench.class,
      EdgeModesCommand.class,
      ClusterBenchCommand.class,
      ClusterSoakCommand.class,
      DeliveryBench.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured",
      "1:failed",
      "2:the command line is wrong",
      "3:something is missing"
    })
public final class BenchVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "what to measure is missing; there is: " + String.join(", ", spec.subcommands().keySet()));
  }
}
