package io.tocsin.edge;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.access.KafkaProblem;
import io.tocsin.schema.identity.RecordSigner;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.schema.identity.SensorSigner;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How Kafka and the schema registry are reached. */
final class UplinkOptions {

  private static final String LOCAL_KAFKA = "127.0.0.1:9092";
  private static final String LOCAL_REGISTRY = "http://127.0.0.1:8081/apis/ccompat/v7";

  @Option(
      names = "--bootstrap-servers",
      scope = ScopeType.INHERIT,
      description = "Kafka; default as --credentials says, or " + LOCAL_KAFKA + ".")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--registry-url",
      scope = ScopeType.INHERIT,
      description = "Schema registry; default as --credentials says, or " + LOCAL_REGISTRY + ".")
  private @Nullable String registryUrl;

  @Option(
      names = "--credentials",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "Who the sensor is to Kafka, as ./tocsin fleet add writes it: a file of Kafka's client"
              + " settings that its owner alone may read. Default: what the environment variable "
              + CredentialsFile.VARIABLE
              + " names.")
  private @Nullable String credentials;

  @Option(
      names = "--auto-register",
      scope = ScopeType.INHERIT,
      description = "Register missing schemas.")
  private boolean autoRegister;

  @Option(
      names = "--kafka",
      scope = ScopeType.INHERIT,
      description = "Further Kafka client settings, key=value; no secrets.")
  private Map<String, String> kafka = Map.of();

  String bootstrapServers() {
    return bootstrapServers == null
        ? said(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG).orElse(LOCAL_KAFKA)
        : bootstrapServers;
  }

  String registryUrl() {
    return registryUrl == null
        ? said(CredentialsFile.REGISTRY_URL).orElse(LOCAL_REGISTRY)
        : registryUrl;
  }

  private Optional<String> said(String key) {
    return file().flatMap(file -> file.value(key));
  }

  private @Nullable Path path() {
    return KafkaAccess.credentials(credentials, System.getenv());
  }

  private Optional<CredentialsFile> file() {
    return Optional.ofNullable(path()).map(CredentialsFile::read);
  }

  /** Settings of Kafka's clients: who we are, and further ones. */
  Map<String, String> kafka() {
    return KafkaAccess.settings(path(), kafka);
  }

  /** Says in words why Kafka does not let us in. */
  KafkaProblem problem() {
    return KafkaProblem.of(bootstrapServers(), file());
  }

  SchemaRegistryClient registry() {
    Path path = path();
    return Registry.connect(
        new RegistrySettings(registryUrl(), autoRegister, path == null ? null : path.toString()));
  }

  /**
   * Looks whether Kafka's client would take the settings; connects to nothing.
   *
   * @throws IllegalArgumentException if not
   */
  void validate(String sensorId) {
    try {
      Optional<String> theirs = said(CredentialsFile.SENSOR_ID);
      if (theirs.isPresent() && !theirs.get().equals(sensorId)) {
        throw new IllegalArgumentException(
            "--credentials %s are sensor %s's, and --sensor-id is %s; each sensor has its own"
                .formatted(path(), theirs.get(), sensorId));
      }
      KafkaAccess.check(FleetProducer.settings(bootstrapServers(), all()));
      var unused = registry();
      var unusedToo = signer();
    } catch (KafkaException e) {
      throw new IllegalArgumentException(root(e).getMessage(), e);
    }
  }

  /** Connects; to be called again after failures from which a client does not recover. */
  FleetProducer connect() {
    return FleetProducer.connect(bootstrapServers(), registry(), autoRegister, all(), signer());
  }

  private RecordSigner signer() {
    return file()
        .flatMap(SensorKeyPair::of)
        .<RecordSigner>map(SensorSigner::new)
        .orElse(RecordSigner.none());
  }

  private static Throwable root(Throwable e) {
    return e.getCause() == null ? e : root(e.getCause());
  }

  private Map<String, String> all() {
    Map<String, String> settings = new HashMap<>(ForwardSettings.KAFKA_CLIENT);
    settings.putAll(kafka());
    return settings;
  }
}
