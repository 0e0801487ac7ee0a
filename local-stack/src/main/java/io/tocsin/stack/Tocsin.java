package io.tocsin.stack;

import io.tocsin.edge.TocsinSensor;
import io.tocsin.scoring.cli.BundleCommand;
import io.tocsin.scoring.cli.EmbedCommand;
import io.tocsin.scoring.cli.ScoreCommand;
import io.tocsin.stack.bench.BenchVerb;
import io.tocsin.stack.classifier.CalibrateVerb;
import io.tocsin.stack.classifier.TrainHeadVerb;
import io.tocsin.stack.cli.DoctorVerb;
import io.tocsin.stack.cli.EvidenceVerb;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.InitVerb;
import io.tocsin.stack.cli.SqlVerb;
import io.tocsin.stack.cli.StopVerb;
import io.tocsin.stack.cli.UpVerb;
import io.tocsin.stack.demo.DemoVerb;
import io.tocsin.stack.export.ExportVerb;
import io.tocsin.stack.falsealarms.FalseAlarmsVerb;
import io.tocsin.stack.faults.FaultsVerb;
import io.tocsin.stack.security.FleetVerb;
import io.tocsin.stack.security.SecurityVerb;
import io.tocsin.stack.simulate.EvaluateVerb;
import io.tocsin.stack.simulate.SimulateVerb;
import java.io.PrintWriter;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The tocsin command line. */
@Command(
    name = "tocsin",
    mixinStandardHelpOptions = true,
    versionProvider = Tocsin.Version.class,
    description = "Hears a fleet of acoustic sensors and raises located distress alerts.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed; the message says why",
      "2:the command line is wrong",
      "3:something that the machine must have is missing; the message says how to get it"
    })
public final class Tocsin implements Runnable {

  /** Every verb. */
  private static final List<Class<?>> VERBS =
      List.of(
          DemoVerb.class,
          BenchVerb.class,
          UpVerb.class,
          StopVerb.class,
          DoctorVerb.class,
          InitVerb.class,
          FleetVerb.class,
          SecurityVerb.class,
          ExportVerb.class,
          ScoreCommand.class,
          EmbedCommand.class,
          BundleCommand.class,
          EvidenceVerb.class,
          SimulateVerb.class,
          EvaluateVerb.class,
          FalseAlarmsVerb.class,
          FaultsVerb.class,
          TrainHeadVerb.class,
          CalibrateVerb.class,
          GenerateCompletion.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  /** See the class. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command line with all verbs. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Tocsin());
    VERBS.forEach(line::addSubcommand);
    line.addSubcommand("sensor", new CommandLine(new TocsinSensor()).setCommandName("sensor"));
    // What sql does not know is psql's.
    line.addSubcommand(
        "sql", new CommandLine(new SqlVerb()).setUnmatchedOptionsArePositionalParams(true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          PrintWriter err = command.getErr();
          if (ExitCodes.isExplained(failure)) {
            err.println("tocsin: " + failure.getMessage());
          } else {
            failure.printStackTrace(err);
          }
          err.flush();
          return ExitCodes.of(failure);
        });
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** The version of this build. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tocsin " + Distribution.version()};
    }
  }
}
