package io.tocsin.schema.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientConfig;
import io.confluent.kafka.schemaregistry.client.rest.RestService;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schema registry as Tocsin uses it: one subject a topic, FULL_TRANSITIVE. */
public final class Registry {

  /** Compatibility level of every subject: all versions read all versions, both ways. */
  public static final String COMPATIBILITY = "FULL_TRANSITIVE";

  private static final int CACHED_SCHEMAS_PER_SUBJECT = 1000;

  /** Lest each record with an unknown schema id cost a request. */
  private static final Duration MISSING_ID_REMEMBERED = Duration.ofSeconds(30);

  private Registry() {}

  /**
   * A client of the registry; it connects on first use.
   *
   * @throws io.tocsin.schema.access.CredentialsException if its credentials cannot be used
   */
  public static SchemaRegistryClient connect(RegistrySettings settings) {
    Map<String, Object> configuration = new HashMap<>();
    configuration.put(
        SchemaRegistryClientConfig.MISSING_ID_CACHE_TTL_CONFIG, MISSING_ID_REMEMBERED.toSeconds());
    RestService service = new RestService(settings.url());
    Map<String, String> access =
        settings.credentials() == null
            ? Map.of()
            : CredentialsFile.read(Path.of(settings.credentials())).registry();
    SchemaRegistryClient client =
        new CachedSchemaRegistryClient(
            service, CACHED_SCHEMAS_PER_SUBJECT, configuration, authorization(access));
    if (access.keySet().stream().anyMatch(key -> key.startsWith("ssl."))) {
      // After the client is made, which sets sockets of its own that know no PEM.
      service.setSslSocketFactory(KafkaAccess.sockets(access));
    }
    return client;
  }

  /** The client would look for who writes this header among services that its jar does not name. */
  private static Map<String, String> authorization(Map<String, String> access) {
    String userInfo = access.get("basic.auth.user.info");
    return userInfo == null
        ? Map.of()
        : Map.of(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8)));
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
        requireCompatibility(client, topic.subject());
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

  /** Sets a subject's level, unless it is set: a registry may refuse to set it again. */
  private static void requireCompatibility(SchemaRegistryClient client, String subject)
      throws IOException, RestClientException {
    if (COMPATIBILITY.equals(compatibility(client, subject))) {
      return;
    }
    try {
      client.updateCompatibility(subject, COMPATIBILITY);
    } catch (RestClientException e) {
      // A first try whose answer was lost may have set it.
      if (!COMPATIBILITY.equals(compatibility(client, subject))) {
        throw e;
      }
    }
  }

  private static @Nullable String compatibility(SchemaRegistryClient client, String subject)
      throws IOException {
    try {
      return client.getCompatibility(subject);
    } catch (RestClientException e) {
      // Not set for this subject.
      return null;
    }
  }
}
