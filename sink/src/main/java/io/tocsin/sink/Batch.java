package io.tocsin.sink;

import io.tocsin.sink.ConsumerOffsets.Claim;
import io.tocsin.sink.ConsumerOffsets.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of one poll, written together or not at all.
 *
 * @param records in the order of their partitions
 * @param positions where each of their partitions then stands
 */
record Batch(
    List<ConsumerRecord<byte[], byte[]>> records, Map<TopicPartition, Position> positions) {

  Batch {
    records = List.copyOf(records);
    positions = Map.copyOf(positions);
  }

  /**
   * @param held the partitions that this sink holds; records of others are left out
   */
  static Batch of(ConsumerRecords<byte[], byte[]> polled, Map<TopicPartition, Claim> held) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.count());
    Map<TopicPartition, Position> positions = new HashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      Claim claim = held.get(partition);
      if (claim != null) {
        List<ConsumerRecord<byte[], byte[]>> ofPartition = polled.records(partition);
        records.addAll(ofPartition);
        long last = ofPartition.get(ofPartition.size() - 1).offset();
        positions.put(partition, new Position(last + 1, claim));
      }
    }
    return new Batch(records, positions);
  }

  /** This batch without partitions that were taken away: their new owner reads them again. */
  Batch without(Collection<TopicPartition> partitions) {
    Set<TopicPartition> gone = Set.copyOf(partitions);
    Map<TopicPartition, Position> kept = new HashMap<>(positions);
    kept.keySet().removeAll(gone);
    return new Batch(
        records.stream()
            .filter(r -> !gone.contains(new TopicPartition(r.topic(), r.partition())))
            .toList(),
        kept);
  }
}
