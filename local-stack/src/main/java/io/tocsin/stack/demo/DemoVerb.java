package io.tocsin.stack.demo;

import io.tocsin.simulator.SceneSettings;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.LocalStack;
import io.tocsin.stack.StackSettings;
import io.tocsin.stack.cli.AudioOption;
import io.tocsin.stack.cli.BundleOption;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.cli.StackOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows the whole chain on real recordings and judges it. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Starts everything on this machine, plays a scene of real recordings through it, and compares"
          + " the alerts with what happened.",
      "Its state is .tocsin/demo and begins empty each time."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the scene was played and everything was counted, stored and said once",
      "1:something failed, or windows, rows or alerts do not agree",
      "2:the command line is wrong",
      "3:something that the machine must have is missing"
    })
public final class DemoVerb implements Callable<Integer> {

  private static final String NAME = "demo";

  @Mixin private StackOptions stack = new StackOptions();
  @Mixin private BundleOption bundle = new BundleOption();
  @Mixin private AudioOption audio = new AudioOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--once",
      description = "Stop everything after the scene; else it stays up until Ctrl-C.")
  private boolean once;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the figures to FILE as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--seed",
      defaultValue = "3",
      description = "Seed of the scene; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--sensors",
      defaultValue = "" + SceneSettings.DEMO_SENSORS,
      description = "Sensors of the scene, 250 m apart, 4 to 400; default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--pairs",
      defaultValue = "" + SceneSettings.DEMO_PAIRS,
      description = {
        "True pairs of the scene, 1 to 1000; default ${DEFAULT-VALUE}. Each takes twelve seconds,",
        "as does each of the fourteen decoys."
      })
  private int pairs;

  @Option(
      names = "--speed",
      defaultValue = "4",
      description = "Times real time, 0.5 to 10; default ${DEFAULT-VALUE}.")
  private double speed;

  @Override
  public Integer call() throws IOException, InterruptedException, SQLException, ExecutionException {
    if (!(speed >= 0.5 && speed <= 10)) {
      throw new ParameterException(
          spec.commandLine(), "--speed is " + speed + "; give 0.5 to 10 times real time");
    }
    if (sensors < 4 || sensors > 400) {
      throw new ParameterException(
          spec.commandLine(), "--sensors is " + sensors + "; give 4 to 400");
    }
    if (pairs < 1 || pairs > 1_000) {
      throw new ParameterException(spec.commandLine(), "--pairs is " + pairs + "; give 1 to 1000");
    }
    Path home = StackOptions.home();
    DemoSettings settings =
        new DemoSettings(
            home,
            stack.ports(),
            bundle.resolve(),
            audio.resolve(home),
            seed,
            sensors,
            pairs,
            speed,
            report);
    PrintWriter out = spec.commandLine().getOut();
    LocalStack running =
        LocalStack.prepare(
            new StackSettings(home, NAME, settings.ports(), true, true, 4, 8),
            line -> say(out, line));
    Thread onSignal = new Thread(() -> stopOnSignal(running, out), "stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      return show(settings, running, out);
    } catch (RuntimeException | IOException | SQLException | InterruptedException e) {
      if (running.isClosing()) {
        // A signal came meanwhile; the shutdown hook ends this program.
        onSignal.join();
      }
      throw e;
    } finally {
      running.close();
      removeQuietly(onSignal);
    }
  }

  private int show(DemoSettings settings, LocalStack running, PrintWriter out)
      throws IOException, InterruptedException, SQLException, ExecutionException {
    Demo demo = new Demo(settings, running, line -> say(out, line));
    demo.introduce();
    running.startServers();
    running.startParts(settings.bundle());
    running.markReady();
    say(out, "Flink's pages are at " + running.endpoints().flinkUrl());
    DemoReport figures = demo.run();
    if (settings.report() != null) {
      figures.write(settings.report());
      say(out, "report: " + settings.report());
    }
    if (!once) {
      Endpoints at = running.endpoints();
      say(
          out,
          "Everything stays up until Ctrl-C: Kafka %s, registry %s, Flink %s, PostGIS %s (user %s, password in %s)"
              .formatted(
                  at.bootstrapServers(),
                  at.registryUrl(),
                  at.flinkUrl(),
                  at.jdbcUrl(),
                  at.databaseUser(),
                  at.databasePasswordFile()));
      throw LocalStack.endedUnexpectedly(running.unexpectedEnd().get());
    }
    return figures.isConsistent() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private static void stopOnSignal(LocalStack running, PrintWriter out) {
    say(out, "stopping");
    running.close();
    say(out, "stopped");
    Runtime.getRuntime().halt(ExitCodes.DONE);
  }

  private static void removeQuietly(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // We are shutting down already.
    }
  }

  private static synchronized void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
