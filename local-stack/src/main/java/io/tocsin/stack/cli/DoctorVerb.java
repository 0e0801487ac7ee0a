package io.tocsin.stack.cli;

import io.tocsin.stack.doctor.Doctor;
import io.tocsin.stack.doctor.Finding;
import io.tocsin.stack.doctor.Machine;
import io.tocsin.stack.doctor.OptionalPrograms;
import io.tocsin.stack.postgres.AptInstallation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is there, what is missing, and how to get it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what is there, what is missing, and how to get it.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the demo can run", "3:something that it needs is missing"})
public final class DoctorVerb implements Callable<Integer> {

  private static final Path ROOT = Path.of("/");

  @Mixin private StackOptions stack = new StackOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--install",
      description = {
        "As root, first have apt-get install what is missing of PostgreSQL with PostGIS and of the",
        "programs that tests use."
      })
  private boolean install;

  @Override
  public Integer call() throws InterruptedException {
    if (install) {
      AptInstallation.findOrInstall(ROOT, line -> spec.commandLine().getErr().println(line));
      OptionalPrograms.installForTests(ROOT, line -> spec.commandLine().getErr().println(line));
    }
    List<Finding> findings = Doctor.examine(Machine.thisOne(StackOptions.home()), stack.ports());
    PrintWriter out = spec.commandLine().getOut();
    findings.forEach(finding -> out.println(finding.line()));
    boolean well = findings.stream().noneMatch(Finding::hinders);
    out.println(well ? "The demo can run." : "The demo cannot run yet: see MISSING.");
    out.flush();
    return well ? ExitCodes.DONE : ExitCodes.MISSING_PREREQUISITE;
  }
}
