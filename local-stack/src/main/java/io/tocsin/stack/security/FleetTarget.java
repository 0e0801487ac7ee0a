package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.RunningStack;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cli.StackOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Kafka that a fleet belongs to. */
final class FleetTarget {

  private static final String LOCAL_REGISTRY = "http://127.0.0.1:8081/apis/ccompat/v7";

  private static final String DEFAULT_NAME = "up";

  @Option(
      names = "--name",
      description = "Name of the stack that runs here; default " + DEFAULT_NAME + ".")
  private @Nullable String name;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "An administrator's of another cluster: Kafka's client settings with bootstrap.servers,"
              + " in a file of mode 600; default, without --name, what "
              + CredentialsFile.VARIABLE
              + " names.")
  private @Nullable String credentials;

  @Option(
      names = "--registry-url",
      description = "The registry that sensors of another cluster are to use.")
  private @Nullable String registryUrl;

  private Path stateDir() {
    return StackOptions.home().resolve(".tocsin").resolve(name());
  }

  private String name() {
    return name == null ? DEFAULT_NAME : name;
  }

  /** An administrator's file of another cluster; null for a stack that runs here. */
  private @Nullable Path credentials() {
    return credentials == null && name != null
        ? null
        : KafkaAccess.credentials(credentials, System.getenv());
  }

  /** The folder of the fleet's files: in the stack's state, or where we are. */
  Path folder() {
    return credentials() == null
        ? StackSecurity.folder(stateDir()).resolve("fleet")
        : Path.of("").toAbsolutePath();
  }

  private Path file() {
    Path administrators = credentials();
    if (administrators != null) {
      return administrators;
    }
    if (!StackSecurity.isThere(stateDir())) {
      throw new StackException(
          "no secured stack "
              + name()
              + " is here; start one with ./tocsin up --secure, or name an administrator's file with"
              + " --credentials");
    }
    return StackSecurity.credentials(stateDir(), Role.ADMIN);
  }

  /** The administrator's own file. */
  CredentialsFile administrator() {
    try {
      return CredentialsFile.read(file());
    } catch (CredentialsException e) {
      throw new StackException(String.valueOf(e.getMessage()), e);
    }
  }

  String bootstrapServers() {
    return endpoints()
        .map(Endpoints::bootstrapServers)
        .or(() -> administrator().value("bootstrap.servers"))
        .orElseThrow(() -> new StackException(file() + " lacks bootstrap.servers; write it there"));
  }

  String registryUrl() {
    if (registryUrl != null) {
      return registryUrl;
    }
    return endpoints()
        .map(Endpoints::registryUrl)
        .or(() -> administrator().value(CredentialsFile.REGISTRY_URL))
        .orElse(LOCAL_REGISTRY);
  }

  private Optional<Endpoints> endpoints() {
    if (credentials() != null) {
      return Optional.empty();
    }
    return Optional.of(
        RunningStack.endpoints(stateDir())
            .orElseThrow(
                () ->
                    new StackException(
                        "stack "
                            + name()
                            + " does not run; start it with ./tocsin up --secure --name="
                            + name())));
  }

  /** Settings of a client that may everything. */
  Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>(KafkaAccess.settings(file(), Map.of()));
    settings.put("bootstrap.servers", bootstrapServers());
    return settings;
  }

  /** The fleet's keys in Kafka. */
  FleetKeys keys() {
    return new FleetKeys(
        clientSettings(),
        Registry.connect(new RegistrySettings(registryUrl(), false, file().toString())));
  }

  Admin admin() {
    return Admin.create(clientSettings());
  }
}
