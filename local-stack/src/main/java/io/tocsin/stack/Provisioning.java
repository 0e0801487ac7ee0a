package io.tocsin.stack;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

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
   * @param registrySettings the Confluent-compatible schema registry
   * @param access further settings of Kafka's clients: who we are; may be empty
   * @param partitions partitions of each new topic
   * @param replicationFactor copies of each partition of a new topic
   */
  public static void apply(
      String bootstrapServers,
      RegistrySettings registrySettings,
      Map<String, String> access,
      int partitions,
      short replicationFactor)
      throws InterruptedException {
    Map<String, Object> kafka = new HashMap<>(access);
    kafka.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(kafka)) {
      TopicCreation.create(admin, partitions, replicationFactor);
    }
    SchemaRegistryClient registry = Registry.connect(registrySettings);
    Registry.registerAll(registry);
    DefaultPatterns.publishMissing(kafka, registry);
  }
}
