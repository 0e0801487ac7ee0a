package io.tocsin.edge;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.forward.ForwardSettings;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How Kafka and the schema registry are reached. */
final class UplinkOptions {

  @Option(
      names = "--bootstrap-servers",
      scope = ScopeType.INHERIT,
      description = "Kafka; default ${DEFAULT-VALUE}.")
  private String bootstrapServers = "127.0.0.1:9092";

  @Option(
      names = "--registry-url",
      scope = ScopeType.INHERIT,
      description = "Schema registry; default ${DEFAULT-VALUE}.")
  private String registryUrl = "http://127.0.0.1:8081/apis/ccompat/v7";

  @Option(
      names = "--auto-register",
      scope = ScopeType.INHERIT,
      description = "Register missing schemas.")
  private boolean autoRegister;

  @Option(
      names = "--kafka",
      scope = ScopeType.INHERIT,
      description = "Further Kafka client settings, key=value.")
  private Map<String, String> kafka = Map.of();

  String bootstrapServers() {
    return bootstrapServers;
  }

  String registryUrl() {
    return registryUrl;
  }

  /** Further settings of Kafka's clients. */
  Map<String, String> kafka() {
    return kafka;
  }

  SchemaRegistryClient registry() {
    return Registry.connect(new RegistrySettings(registryUrl, autoRegister));
  }

  /**
   * Looks whether Kafka's client would take the settings; connects to nothing.
   *
   * @throws IllegalArgumentException if not
   */
  void validate() {
    Map<String, Object> settings = new HashMap<>(FleetProducer.settings(bootstrapServers, all()));
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    try {
      var unused = new ProducerConfig(settings);
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Connects; to be called again after failures from which a client does not recover. */
  FleetProducer connect() {
    return FleetProducer.connect(bootstrapServers, registry(), autoRegister, all());
  }

  private Map<String, String> all() {
    Map<String, String> settings = new HashMap<>(ForwardSettings.KAFKA_CLIENT);
    settings.putAll(kafka);
    return settings;
  }
}
