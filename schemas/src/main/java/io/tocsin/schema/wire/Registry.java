package io.tocsin.schema.wire;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import java.io.IOException;

/** The schema registry as Tocsin uses it: one subject a topic, FULL_TRANSITIVE. */
public final class Registry {

  /** Compatibility level of every subject: all versions read all versions, both ways. */
  public static final String COMPATIBILITY = "FULL_TRANSITIVE";

  private static final int CACHED_SCHEMAS_PER_SUBJECT = 1000;

  private Registry() {}

  /** A client of the registry; it connects on first use. */
  public static SchemaRegistryClient connect(RegistrySettings settings) {
    return new CachedSchemaRegistryClient(settings.url(), CACHED_SCHEMAS_PER_SUBJECT);
  }

  /**
   * Registers the schema of every topic and sets each subject's compatibility. A deployment does
   * this once; running it again changes nothing.
   *
   * @throws RegistryUnavailableException if the registry does not answer
   * @throws IllegalStateException if it refuses a schema, for instance as incompatible
   */
  public static void registerAll(SchemaRegistryClient client) {
    for (Topic<?> topic : Topics.all()) {
      try {
        client.register(topic.subject(), new AvroSchema(topic.schema()));
        client.updateCompatibility(topic.subject(), COMPATIBILITY);
      } catch (IOException e) {
        throw new RegistryUnavailableException("registering subject " + topic.subject(), e);
      } catch (RestClientException e) {
        throw new IllegalStateException(
            "the registry refuses the schema of subject "
                + topic.subject()
                + ": "
                + e.getMessage()
                + "; change it compatibly ("
                + COMPATIBILITY
                + ") or use a new topic version",
            e);
      }
    }
  }
}
