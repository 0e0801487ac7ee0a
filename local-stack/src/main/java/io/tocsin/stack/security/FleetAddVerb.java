package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.stack.StackException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a sensor in. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a sensor in: a user of its own with the rights that a sensor needs, and a file of",
      "mode 600 with all that the sensor needs (tocsin-sensor --credentials FILE)."
    })
final class FleetAddVerb implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The sensor's id.")
  private String sensorId = "";

  @Mixin private FleetTarget target = new FleetTarget();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The sensor's file; default ID.properties in the stack's folder, or here.")
  private @Nullable Path out;

  @Option(
      names = "--renew",
      description = "Give a sensor that is there a new password; the old one counts no longer.")
  private boolean renew;

  @Option(
      names = "--print",
      description =
          "Write the file, but print the commands that let the sensor in instead of doing it.")
  private boolean print;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    SensorPrincipal sensor = new SensorPrincipal(sensorId);
    Path file = out == null ? target.folder().resolve(sensorId + ".properties") : out;
    file = file.toAbsolutePath();
    if (Files.exists(file) && !renew) {
      throw new StackException(
          file + " is there; --renew writes it anew with a new password, --out elsewhere");
    }
    if (out == null) {
      PrivateFiles.folder(target.folder());
    }
    SensorKeyPair key = SensorKeyPair.generate();
    String password = Secret.random();
    PrintWriter say = spec.commandLine().getOut();
    if (print) {
      write(file, sensor, password, key);
      Path passwordFile =
          PrivateFiles.write(
              file.resolveSibling(sensorId + ".scram"),
              PrintedCommands.scramConfiguration(password));
      PrintedCommands.add(sensor, target.bootstrapServers(), passwordFile, file)
          .forEach(say::println);
    } else {
      try (Admin admin = target.admin()) {
        Fleet fleet = new Fleet(admin);
        if (!renew && isThere(fleet)) {
          throw new StackException(
              "sensor " + sensorId + " is let in already; --renew gives it a new password");
        }
        fleet.add(sensor, password);
        // Before the sensor can send anything: what comes later is believed.
        target.keys().add(sensor.sensorId(), key.publicKey());
        write(file, sensor, password, key);
      }
      say.printf("sensor %s is let in as User:%s; its file: %s%n", sensorId, sensor.user(), file);
      say.printf(
          "try it: ./tocsin sensor check --credentials %s --sensor-id %s --lat … --lon …%n",
          file, sensorId);
    }
    say.flush();
    return 0;
  }

  private boolean isThere(Fleet fleet) throws InterruptedException {
    return fleet.members().stream()
        .anyMatch(member -> member.sensorId().equals(sensorId) && member.isLetIn());
  }

  private void write(Path file, SensorPrincipal sensor, String password, SensorKeyPair key) {
    CredentialsFile administrator = target.administrator();
    Map<String, String> settings =
        new LinkedHashMap<>(
            CredentialsText.settings(
                target.bootstrapServers(),
                sensor.user(),
                password,
                administrator.value("ssl.truststore.certificates").orElse("")));
    if (settings.getOrDefault("ssl.truststore.certificates", "").isEmpty()) {
      // An authority that every machine knows, or a file that the administrator has to take along.
      settings.remove("ssl.truststore.certificates");
      settings.remove("ssl.truststore.type");
      for (String trust : new String[] {"ssl.truststore.type", "ssl.truststore.location"}) {
        administrator.value(trust).ifPresent(value -> settings.put(trust, value));
      }
    }
    settings.put(CredentialsFile.SENSOR_ID, sensor.sensorId());
    settings.put(CredentialsFile.REGISTRY_URL, target.registryUrl());
    settings.putAll(new TreeMap<>(key.settings()));
    PrivateFiles.write(
        file, CredentialsText.lines("Credentials of sensor " + sensor.sensorId(), settings));
  }
}
