package io.tocsin.stack;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * What a broker and a registry must hold before Tocsin's parts run; running it again is harmless.
 */
public final class Provisioning {

  private Provisioning() {}

  /**
   * Creates missing topics, registers the schemas and publishes the default patterns that the
   * patterns topic does not know.
   *
   * @param bootstrapServers Kafka, {@code host:port}
   * @param registryUrl base address of the Confluent-compatible schema registry
   * @param partitions partitions of each new topic
   * @param replicationFactor copies of each partition of a new topic
   */
  public static void apply(
      String bootstrapServers, String registryUrl, int partitions, short replicationFactor)
      throws InterruptedException {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
      TopicCreation.create(admin, partitions, replicationFactor);
    }
    SchemaRegistryClient registry = Registry.connect(new RegistrySettings(registryUrl, false));
    Registry.registerAll(registry);
    DefaultPatterns.publishMissing(bootstrapServers, registry);
  }
}
