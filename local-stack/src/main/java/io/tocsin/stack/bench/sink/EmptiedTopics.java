package io.tocsin.stack.bench.sink;

import io.tocsin.stack.StackException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/** Topics without what was written so far; offsets go on. */
public final class EmptiedTopics {

  /** What Kafka takes for the end of a partition. */
  private static final long ALL = -1;

  private EmptiedTopics() {}

  /**
   * Deletes every record.
   *
   * @throws StackException if Kafka does not, as with a topic that it compacts only
   */
  public static void empty(Admin admin, List<String> topics) throws InterruptedException {
    try {
      Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
      for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
        for (TopicPartitionInfo partition : topic.partitions()) {
          all.put(
              new TopicPartition(topic.name(), partition.partition()),
              RecordsToDelete.beforeOffset(ALL));
        }
      }
      admin.deleteRecords(all).all().get();
    } catch (ExecutionException e) {
      throw new StackException("Kafka does not empty " + topics + ": " + e.getCause(), e);
    }
  }
}
