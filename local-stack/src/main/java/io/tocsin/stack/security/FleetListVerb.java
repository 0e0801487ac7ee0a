package io.tocsin.stack.security;

import io.tocsin.schema.avro.SensorKeys;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Who is let in. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists the sensors that Kafka knows and whether it lets them in.")
final class FleetListVerb implements Callable<Integer> {

  @Mixin private FleetTarget target = new FleetTarget();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter say = spec.commandLine().getOut();
    try (Admin admin = target.admin()) {
      List<Fleet.Member> members = new Fleet(admin).members();
      Map<String, SensorKeys> keys = target.keys().all();
      if (members.isEmpty()) {
        say.println("no sensor is let in; ./tocsin fleet add ID adds one");
      }
      for (Fleet.Member member : members) {
        say.printf(
            "%-40s %-50s %s%n",
            member.sensorId(),
            member.isLetIn()
                ? "let in"
                : "NOT let in: %s, %d of %d rights; ./tocsin fleet add --renew %s"
                    .formatted(
                        member.password() ? "has a password" : "no password",
                        member.rights(),
                        member.rightsWanted(),
                        member.sensorId()),
            inWords(keys.get(member.sensorId())));
      }
      keys.keySet()
          .removeAll(members.stream().map(Fleet.Member::sensorId).collect(Collectors.toSet()));
      keys.forEach(
          (sensor, its) -> say.printf("%-40s %-50s %s%n", sensor, "shut out", inWords(its)));
    }
    say.flush();
    return 0;
  }

  private static String inWords(@Nullable SensorKeys keys) {
    if (keys == null) {
      return "no key";
    }
    long believed = keys.getKeys().stream().filter(key -> key.getRevokedAt() == null).count();
    return believed == 0
        ? "key revoked"
        : believed + (believed == 1 ? " key believed" : " keys believed");
  }
}
