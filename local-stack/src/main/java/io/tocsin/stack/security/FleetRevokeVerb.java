package io.tocsin.stack.security;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shuts a sensor out. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = {
      "Shuts a sensor out: its key is believed no more, its rights and its password are taken."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:it is shut out", "1:no such sensor was let in, or Kafka refuses"})
final class FleetRevokeVerb implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The sensor's id.")
  private String sensorId = "";

  @Mixin private FleetTarget target = new FleetTarget();

  @Option(
      names = "--print",
      description = "Print the commands that shut it out instead of doing it.")
  private boolean print;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    SensorPrincipal sensor = new SensorPrincipal(sensorId);
    PrintWriter say = spec.commandLine().getOut();
    try {
      if (print) {
        PrintedCommands.revoke(sensor, target.bootstrapServers()).forEach(say::println);
        return 0;
      }
      try (Admin admin = target.admin()) {
        boolean believed = target.keys().revoke(sensorId);
        if (new Fleet(admin).revoke(sensor) || believed) {
          say.printf("sensor %s is shut out%n", sensorId);
          return 0;
        }
        say.printf("no sensor %s was let in; ./tocsin fleet list names them%n", sensorId);
        return 1;
      }
    } finally {
      say.flush();
    }
  }
}
