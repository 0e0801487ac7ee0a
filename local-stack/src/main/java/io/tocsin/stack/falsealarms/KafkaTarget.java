package io.tocsin.stack.falsealarms;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.RunningStack;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cli.StackOptions;
import io.tocsin.stack.security.Role;
import io.tocsin.stack.security.StackSecurity;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A Kafka with its registry: of the stack that runs here, secured or not, or of elsewhere. */
final class KafkaTarget {

  private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

  @Option(
      names = "--name",
      defaultValue = "up",
      description = "Name of the stack that runs here; default ${DEFAULT-VALUE}.")
  private String name = "up";

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka of another cluster than the one that runs here.")
  private @Nullable String bootstrapServers;

  @Option(names = "--registry-url", description = "The registry of another cluster.")
  private @Nullable String registryUrl;

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      description =
          "Who we are there: Kafka's client settings in a file of mode 600; of a secured stack that"
              + " runs here the administrator's is taken.")
  private @Nullable Path credentials;

  /** Settings of Kafka clients. */
  Map<String, Object> client() {
    Map<String, Object> settings = new HashMap<>(access());
    if (bootstrapServers != null) {
      settings.put(BOOTSTRAP_SERVERS, bootstrapServers);
    } else if (credentials == null || !settings.containsKey(BOOTSTRAP_SERVERS)) {
      settings.put(BOOTSTRAP_SERVERS, endpoints().bootstrapServers());
    }
    return settings;
  }

  SchemaRegistryClient registry() {
    Path file = file();
    return Registry.connect(
        new RegistrySettings(registryUrl(), false, file == null ? null : file.toString()));
  }

  private String registryUrl() {
    if (registryUrl != null) {
      return registryUrl;
    }
    return Optional.ofNullable(credentials)
        .flatMap(file -> CredentialsFile.read(file).value(CredentialsFile.REGISTRY_URL))
        .orElseGet(() -> endpoints().registryUrl());
  }

  private Map<String, String> access() {
    try {
      return KafkaAccess.settings(file(), Map.of());
    } catch (CredentialsException e) {
      throw new StackException(String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable Path file() {
    if (credentials != null) {
      return credentials.toAbsolutePath();
    }
    return bootstrapServers == null && StackSecurity.isThere(stateDir())
        ? StackSecurity.credentials(stateDir(), Role.ADMIN)
        : null;
  }

  private Path stateDir() {
    return StackOptions.home().resolve(".tocsin").resolve(name);
  }

  private Endpoints endpoints() {
    return RunningStack.endpoints(stateDir())
        .orElseThrow(
            () ->
                new StackException(
                    "stack "
                        + name
                        + " does not run; start it with ./tocsin up --name="
                        + name
                        + ", or name another with --bootstrap-servers and --registry-url"));
  }
}
