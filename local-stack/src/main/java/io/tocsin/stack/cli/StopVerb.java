package io.tocsin.stack.cli;

import io.tocsin.stack.RunningStack;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops a running stack, or ends what a killed one left. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Stops a running stack, or ends what a killed one left behind.")
public final class StopVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      defaultValue = "up",
      description = "Name of the stack; default ${DEFAULT-VALUE}.")
  private String name = "up";

  @Override
  public Integer call() throws InterruptedException {
    RunningStack.Outcome outcome =
        RunningStack.stop(StackOptions.home().resolve(".tocsin").resolve(name));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        switch (outcome) {
          case NOTHING_RAN -> "stack " + name + " does not run";
          case STOPPED -> "stack " + name + " is stopped";
          case LEFTOVERS_ENDED -> "stack " + name + " had been killed; what was left is ended";
        });
    out.flush();
    return ExitCodes.DONE;
  }
}
