package io.tocsin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicCreationTest {

  @Test
  void everyTopicHasADeadLetterTopicThatHoldsItsLargestRecordWithHeaders() {
    for (Topic<?> topic : Topics.all()) {
      NewTopic dlq = named(topic.dlq());
      assertThat(dlq.numPartitions()).isEqualTo(1);
      String largest = topic.settings().getOrDefault("max.message.bytes", "1048588");
      assertThat(Integer.parseInt(dlq.configs().get("max.message.bytes")))
          .isGreaterThan(Integer.parseInt(largest));
    }
  }

  @Test
  void topicsGetTheWantedPartitionsAndTheCataloguesSettings() {
    NewTopic frames = named(Topics.AUDIO_FRAMES.name());
    assertThat(frames.numPartitions()).isEqualTo(8);
    assertThat(frames.replicationFactor()).isEqualTo((short) 3);
    assertThat(frames.configs()).isEqualTo(Topics.AUDIO_FRAMES.settings());
  }

  private static NewTopic named(String name) {
    return TopicCreation.wanted(8, (short) 3).stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
