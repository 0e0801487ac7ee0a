package io.tocsin.stack.cli;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Provisioning;
import io.tocsin.stack.security.RoleCredentials;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts topics, schemas and default patterns into servers that someone else runs. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description =
        "Creates topics, registers schemas and publishes the default pattern; harmless when run"
            + " again.")
public final class InitVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--bootstrap-servers",
      defaultValue = "127.0.0.1:9092",
      description = "Kafka; default ${DEFAULT-VALUE}.")
  private String bootstrapServers = "";

  @Option(
      names = "--registry-url",
      defaultValue = "http://127.0.0.1:8081/apis/ccompat/v7",
      description = "Confluent-compatible schema registry; default ${DEFAULT-VALUE}.")
  private String registryUrl = "";

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "Kafka's client settings of an administrator, mode 600; default what "
              + CredentialsFile.VARIABLE
              + " names.")
  private @Nullable String credentials;

  @Option(
      names = "--partitions",
      defaultValue = "4",
      description = "Partitions of each new topic; default ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--replication-factor",
      defaultValue = "1",
      description = "Copies of each partition of a new topic; default ${DEFAULT-VALUE}.")
  private short replicationFactor;

  @Option(
      names = "--roles",
      paramLabel = "FOLDER",
      description =
          "Give each role the password in its file there, as tocsin security writes them, and its"
              + " rights.")
  private @Nullable Path roles;

  @Override
  public Integer call() throws InterruptedException {
    Path file = KafkaAccess.credentials(credentials, System.getenv());
    Map<String, String> access = KafkaAccess.settings(file, Map.of());
    PrintWriter out = spec.commandLine().getOut();
    if (roles != null) {
      Map<String, Object> administrator = new HashMap<>(access);
      administrator.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
      try (Admin admin = Admin.create(administrator)) {
        new RoleCredentials(roles).grant(admin);
      }
      out.println("every role has its password and its rights");
    }
    Provisioning.apply(
        bootstrapServers,
        new RegistrySettings(registryUrl, false, file == null ? null : file.toString()),
        access,
        partitions,
        replicationFactor);
    out.println("topics, schemas and the default pattern are in place");
    out.flush();
    return ExitCodes.DONE;
  }
}
