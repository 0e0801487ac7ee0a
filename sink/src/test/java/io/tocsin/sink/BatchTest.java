package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.sink.ConsumerOffsets.Claim;
import io.tocsin.sink.ConsumerOffsets.Position;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BatchTest {

  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final TopicPartition SECOND = new TopicPartition("t", 1);

  private static final Claim FIRST_CLAIM = new Claim(3, 4L);
  private static final Claim SECOND_CLAIM = new Claim(5, null);

  private final ConsumerRecords<byte[], byte[]> polled =
      new ConsumerRecords<>(
          Map.of(FIRST, List.of(record(0, 4), record(0, 9)), SECOND, List.of(record(1, 7))),
          Map.of());

  @Test
  void aBatchEndsAfterTheLastRecordOfEachPartition() {
    assertThat(Batch.of(polled, Map.of(FIRST, FIRST_CLAIM, SECOND, SECOND_CLAIM)).positions())
        .isEqualTo(
            Map.of(FIRST, new Position(10, FIRST_CLAIM), SECOND, new Position(8, SECOND_CLAIM)));
  }

  @Test
  void recordsOfPartitionsThatAreNotHeldAreLeftOut() {
    Batch batch = Batch.of(polled, Map.of(SECOND, SECOND_CLAIM));

    assertThat(batch.positions()).containsOnlyKeys(SECOND);
    assertThat(batch.records()).extracting(ConsumerRecord::offset).containsExactly(7L);
  }

  @Test
  void aPartitionThatIsTakenAwayTakesItsRecordsAlong() {
    Batch batch =
        Batch.of(polled, Map.of(FIRST, FIRST_CLAIM, SECOND, SECOND_CLAIM)).without(List.of(FIRST));

    assertThat(batch.positions()).containsOnlyKeys(SECOND);
    assertThat(batch.records()).extracting(ConsumerRecord::offset).containsExactly(7L);
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
    return new ConsumerRecord<>("t", partition, offset, new byte[0], new byte[0]);
  }
}
