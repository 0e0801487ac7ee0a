package io.tocsin.stack.cli;

import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackSettings;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.security.StackSecurity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs everything until it is stopped. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Runs every server and part on this machine until Ctrl-C or tocsin stop.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped on request",
      "1:something did not start, or ended while it should run",
      "2:the command line is wrong",
      "3:something that the machine must have is missing"
    })
public final class UpVerb implements Callable<Integer> {

  @Mixin private StackOptions stack = new StackOptions();
  @Mixin private BundleOption bundle = new BundleOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      defaultValue = "up",
      description = "Name of the stack, whose state is .tocsin/NAME; default ${DEFAULT-VALUE}.")
  private String name = "up";

  @Option(names = "--free-ports", description = "Take the next free port where one is taken.")
  private boolean freePorts;

  @Option(names = "--fresh", description = "Delete the state of earlier runs first.")
  private boolean fresh;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      description = "Partitions of each new topic; default ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--slots",
      defaultValue = "8",
      description = "Task slots of Flink; default ${DEFAULT-VALUE}.")
  private int slots;

  @Option(
      names = "--servers-only",
      description = "Run the servers without Tocsin's own parts; needs no bundle.")
  private boolean serversOnly;

  @Option(
      names = "--secure",
      description = {
        "Kafka wants TLS and a password of everyone, and gives each no more rights than its work",
        "needs; ./tocsin fleet adds sensors. A stack stays what it was made as."
      })
  private boolean secure;

  @Option(
      names = "--sensor-keys",
      description =
          "Whether records of sensors are believed that are not signed: ${COMPLETION-CANDIDATES};"
              + " default REQUIRED with --secure, OFF without.")
  private @Nullable SensorKeyMode sensorKeys;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    Path model = serversOnly ? null : bundle.resolve();
    PrintWriter out = spec.commandLine().getOut();
    LocalStack running =
        LocalStack.prepare(
            new StackSettings(
                StackOptions.home(),
                name,
                stack.ports(),
                freePorts,
                fresh,
                partitions,
                slots,
                secure,
                keys()),
            line -> say(out, line));
    Thread onSignal = new Thread(() -> stopOnSignal(running, out), "stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      throw LocalStack.endedUnexpectedly(runUntilEnd(running, model, out));
    } catch (RuntimeException | InterruptedException e) {
      if (running.isClosing()) {
        // A signal came while we started; the shutdown hook ends this program.
        onSignal.join();
      }
      Runtime.getRuntime().removeShutdownHook(onSignal);
      throw e;
    } finally {
      running.close();
    }
  }

  private SensorKeyMode keys() {
    if (sensorKeys != null) {
      return sensorKeys;
    }
    return secure ? SensorKeyMode.REQUIRED : SensorKeyMode.OFF;
  }

  private Child runUntilEnd(LocalStack running, @Nullable Path model, PrintWriter out)
      throws InterruptedException, ExecutionException {
    running.startServers();
    if (model != null) {
      running.startParts(model);
    }
    running.markReady();
    Endpoints at = running.endpoints();
    say(
        out,
        """
        Tocsin is up:
          Kafka            %s
          schema registry  %s
          Flink            %s
          metrics          %s
          PostGIS          %s user %s, password in %s
          logs             %s
        Stop it with Ctrl-C or: ./tocsin stop --name=%s"""
            .formatted(
                at.bootstrapServers(),
                at.registryUrl(),
                at.flinkUrl(),
                running.metricsUrl(),
                at.jdbcUrl(),
                at.databaseUser(),
                at.databasePasswordFile(),
                running.stateDir().resolve("log"),
                name));
    if (secure) {
      say(
          out,
          "Kafka lets nobody in without credentials; they are in %s%n"
                  .formatted(StackSecurity.folder(running.stateDir()))
              + "Let a sensor in with: ./tocsin fleet add ID --name="
              + name);
    }
    return running.unexpectedEnd().get();
  }

  private static void stopOnSignal(LocalStack running, PrintWriter out) {
    say(out, "stopping");
    running.close();
    say(out, "stopped");
    // The JVM would report the signal; to be stopped on request is no failure.
    Runtime.getRuntime().halt(ExitCodes.DONE);
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
