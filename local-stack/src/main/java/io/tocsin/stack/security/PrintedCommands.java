package io.tocsin.stack.security;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;

/**
 * What an administrator of another cluster runs, with Kafka's own tools. No command shows a
 * password: lists of processes and shells' histories would keep it.
 */
final class PrintedCommands {

  private static final String ADMINISTRATOR = " --command-config admin.properties";

  private PrintedCommands() {}

  /** A file for kafka-configs.sh --add-config-file. */
  static String scramConfiguration(String password) {
    return "%s=iterations=%d,password=%s\n"
        .formatted(StackSecurity.MECHANISM.mechanismName(), StackSecurity.ITERATIONS, password);
  }

  /**
   * @param passwordFile with {@link #scramConfiguration}
   * @param credentials the sensor's, which hold its public key
   */
  static List<String> add(
      SensorPrincipal sensor, String bootstrapServers, Path passwordFile, Path credentials) {
    List<String> commands = new ArrayList<>();
    commands.add("# As an administrator of " + bootstrapServers + " (admin.properties, mode 600):");
    commands.add(
        "kafka-configs.sh --bootstrap-server "
            + bootstrapServers
            + ADMINISTRATOR
            + " --alter --entity-type users --entity-name "
            + sensor.user()
            + " --add-config-file "
            + passwordFile);
    commands.addAll(acls(sensor, bootstrapServers, "--add"));
    commands.add("rm " + passwordFile);
    commands.add(
        "# Its key, where signatures are wanted (needs Tocsin and the registry):\n"
            + "./tocsin fleet publish-key "
            + credentials
            + " --credentials admin.properties");
    return commands;
  }

  static List<String> revoke(SensorPrincipal sensor, String bootstrapServers) {
    List<String> commands = new ArrayList<>();
    commands.add("# As an administrator of " + bootstrapServers + " (admin.properties, mode 600):");
    commands.addAll(acls(sensor, bootstrapServers, "--remove --force"));
    commands.add(
        "kafka-configs.sh --bootstrap-server "
            + bootstrapServers
            + ADMINISTRATOR
            + " --alter --entity-type users --entity-name "
            + sensor.user()
            + " --delete-config "
            + StackSecurity.MECHANISM.mechanismName());
    return commands;
  }

  private static List<String> acls(SensorPrincipal sensor, String bootstrapServers, String what) {
    Map<String, TreeSet<String>> operations = new TreeMap<>();
    for (AclBinding right : sensor.rights()) {
      operations
          .computeIfAbsent(right.pattern().name(), topic -> new TreeSet<>())
          .add(right.entry().operation().name());
    }
    return operations.entrySet().stream()
        .map(
            topic ->
                "kafka-acls.sh --bootstrap-server "
                    + bootstrapServers
                    + ADMINISTRATOR
                    + " "
                    + what
                    + " --allow-principal User:"
                    + sensor.user()
                    + topic.getValue().stream()
                        .map(operation -> " --operation " + operation)
                        .collect(Collectors.joining())
                    + " --topic "
                    + topic.getKey())
        .toList();
  }
}
