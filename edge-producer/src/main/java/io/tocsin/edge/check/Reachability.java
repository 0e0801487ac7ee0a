package io.tocsin.edge.check;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** Looks whether Kafka and the schema registry answer and have what a sensor needs. */
public final class Reachability {

  private static final String KAFKA = "kafka";
  private static final String REGISTRY = "registry";
  private static final long ANSWER_SECONDS = 5;
  private static final List<Topic<?>> NEEDED =
      List.of(Topics.SENSORS, Topics.AUDIO_FRAMES, Topics.HEARTBEATS);

  private Reachability() {}

  /**
   * @param settings of a client, the address included
   */
  public static Finding ofKafka(String bootstrapServers, Map<String, Object> settings)
      throws InterruptedException {
    try (Admin admin = Admin.create(settings)) {
      Set<String> missing = new TreeSet<>();
      NEEDED.forEach(topic -> missing.add(topic.name()));
      missing.removeAll(admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS));
      return missing.isEmpty()
          ? Finding.fine(KAFKA, bootstrapServers + " answers and has the topics")
          : Finding.wrong(
              KAFKA,
              bootstrapServers
                  + " answers but does not show topics "
                  + missing
                  + "; create them, or allow this sensor to see them");
    } catch (ExecutionException e) {
      return unreachable(bootstrapServers, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      return Finding.wrong(
          KAFKA,
          bootstrapServers
              + " does not answer within "
              + ANSWER_SECONDS
              + " s; is the network up, the address right, the port open?");
    } catch (KafkaException e) {
      return unreachable(bootstrapServers, e.getCause() == null ? e : e.getCause());
    }
  }

  private static Finding unreachable(String bootstrapServers, Throwable e) {
    return Finding.wrong(KAFKA, bootstrapServers + " cannot be used: " + e.getMessage());
  }

  /** Whether the registry holds the schemas as this version writes them. */
  public static Finding ofRegistry(String url, SchemaRegistryClient registry) {
    Set<String> missing = new TreeSet<>();
    for (Topic<?> topic : NEEDED) {
      try {
        var unused = registry.getId(topic.subject(), new AvroSchema(topic.schema()));
      } catch (RestClientException e) {
        missing.add(topic.subject() + " (" + e.getMessage() + ")");
      } catch (IOException e) {
        return Finding.wrong(REGISTRY, url + " does not answer (" + e + "); is the address right?");
      }
    }
    return missing.isEmpty()
        ? Finding.fine(REGISTRY, url + " answers and has the schemas")
        : Finding.wrong(
            REGISTRY,
            url
                + " answers but lacks the schemas of "
                + missing
                + "; register them first, or say --auto-register");
  }
}
