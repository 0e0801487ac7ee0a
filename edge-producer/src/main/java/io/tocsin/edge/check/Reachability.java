package io.tocsin.edge.check;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.access.KafkaProblem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether Kafka and the schema registry answer and have what a sensor needs. */
public final class Reachability {

  private static final String KAFKA = "kafka";
  private static final String REGISTRY = "registry";
  private static final long ANSWER_SECONDS = 5;
  private static final List<Topic<?>> NEEDED =
      List.of(Topics.SENSORS, Topics.AUDIO_FRAMES, Topics.HEARTBEATS);

  private Reachability() {}

  /**
   * Whether Kafka lets the sensor in and write.
   *
   * @param problem says why not
   * @param settings of a client, the address included
   */
  public static List<Finding> ofKafka(KafkaProblem problem, Map<String, Object> settings)
      throws InterruptedException {
    String servers = problem.servers();
    try (Admin admin = Admin.create(settings)) {
      Map<String, KafkaFuture<TopicDescription>> described =
          admin
              .describeTopics(
                  NEEDED.stream().map(Topic::name).toList(),
                  new DescribeTopicsOptions().includeAuthorizedOperations(true))
              .topicNameValues();
      Set<String> missing = new TreeSet<>();
      Set<String> forbidden = new TreeSet<>();
      for (var topic : described.entrySet()) {
        try {
          Set<AclOperation> allowed =
              topic.getValue().get(ANSWER_SECONDS, TimeUnit.SECONDS).authorizedOperations();
          if (allowed != null && !allowed.contains(AclOperation.WRITE)) {
            forbidden.add(topic.getKey());
          }
        } catch (ExecutionException e) {
          if (e.getCause() instanceof UnknownTopicOrPartitionException) {
            missing.add(topic.getKey());
          } else if (e.getCause() instanceof TopicAuthorizationException) {
            forbidden.add(topic.getKey());
          } else {
            throw e;
          }
        }
      }
      return List.of(topics(problem, missing, forbidden));
    } catch (ExecutionException e) {
      return List.of(unusable(problem, e));
    } catch (TimeoutException e) {
      return List.of(
          Finding.wrong(
              KAFKA,
              servers
                  + " does not answer within "
                  + ANSWER_SECONDS
                  + " s; is the network up, the address right, the port open, TLS wanted there?"));
    } catch (KafkaException e) {
      return List.of(unusable(problem, e.getCause() == null ? e : e.getCause()));
    }
  }

  private static Finding topics(KafkaProblem problem, Set<String> missing, Set<String> forbidden) {
    if (!forbidden.isEmpty()) {
      return Finding.wrong(KAFKA, problem.explain(new TopicAuthorizationException(forbidden)));
    }
    return missing.isEmpty()
        ? Finding.fine(
            KAFKA,
            problem.servers()
                + " answers, has the topics and lets "
                + problem.principal()
                + " write them")
        : Finding.wrong(
            KAFKA,
            problem.servers() + " answers but lacks topics " + missing + "; create them first");
  }

  private static Finding unusable(KafkaProblem problem, Throwable e) {
    return Finding.wrong(KAFKA, "cannot be used: " + problem.explain(e));
  }

  /** Whether the registry holds the schemas as this version writes them. */
  public static Finding ofRegistry(String url, SchemaRegistryClient registry) {
    Set<String> missing = new TreeSet<>();
    for (Topic<?> topic : NEEDED) {
      try {
        var unused = registry.getId(topic.subject(), new AvroSchema(topic.schema()));
      } catch (RestClientException e) {
        if (e.getStatus() == 401 || e.getStatus() == 403) {
          return Finding.wrong(
              REGISTRY,
              url
                  + " does not let this sensor in (HTTP "
                  + e.getStatus()
                  + "); write schema.registry.basic.auth.user.info=USER:PASSWORD into its"
                  + " credentials");
        }
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
