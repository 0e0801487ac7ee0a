package io.tocsin.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the catalogue's topics on a broker. */
public final class TopicCreation {

  private TopicCreation() {}

  /**
   * Creates every topic and dead-letter topic that is not there; those that are stay as they are.
   *
   * @param partitions partitions of each topic; dead-letter topics get one
   * @param replicationFactor copies of each partition, at most the number of brokers
   * @return the names of the topics that were created
   * @throws IllegalStateException if the broker refuses one
   */
  public static List<String> create(Admin admin, int partitions, short replicationFactor)
      throws InterruptedException {
    List<NewTopic> wanted = wanted(partitions, replicationFactor);
    Set<String> present;
    try {
      present = admin.listTopics().names().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker does not list its topics: " + e.getCause(), e);
    }
    List<NewTopic> missing = wanted.stream().filter(t -> !present.contains(t.name())).toList();
    List<String> created = new ArrayList<>();
    for (var creation : admin.createTopics(missing).values().entrySet()) {
      try {
        creation.getValue().get();
        created.add(creation.getKey());
      } catch (ExecutionException e) {
        // Another part may have created it between the listing and now.
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw new IllegalStateException(
              "topic " + creation.getKey() + " could not be created: " + e.getCause(), e);
        }
      }
    }
    return created;
  }

  /**
   * Every topic and dead-letter topic with its settings, as {@link #create} makes it.
   *
   * @param partitions partitions of each topic; dead-letter topics get one
   * @param replicationFactor copies of each partition
   */
  public static List<NewTopic> wanted(int partitions, short replicationFactor) {
    List<NewTopic> wanted = new ArrayList<>();
    for (Topic<?> topic : Topics.all()) {
      wanted.add(newTopic(topic.name(), partitions, replicationFactor, topic.settings()));
      wanted.add(newTopic(topic.dlq(), 1, replicationFactor, Topics.DLQ_SETTINGS));
    }
    return wanted;
  }

  private static NewTopic newTopic(
      String name, int partitions, short replicationFactor, Map<String, String> settings) {
    return new NewTopic(name, Optional.of(partitions), Optional.of(replicationFactor))
        .configs(settings);
  }
}
