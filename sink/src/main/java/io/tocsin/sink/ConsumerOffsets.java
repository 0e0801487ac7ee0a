package io.tocsin.sink;

import io.tocsin.sink.BulkStatement.Column;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How far a group has written each partition, kept beside the rows. Whoever takes a partition
 * raises its fence; a sink that was thrown out of the group without noticing holds an older fence
 * and may write nothing.
 */
final class ConsumerOffsets {

  private static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  /**
   * A partition as claimed.
   *
   * @param nextOffset offset of the next record to write; null before the first
   */
  record Claim(long fence, @Nullable Long nextOffset) {}

  /**
   * How far a batch brings a partition.
   *
   * @param fence of the claim under which its records were read
   */
  record Position(long nextOffset, long fence) {}

  private record Row(TopicPartition partition, long nextOffset, long fence) {}

  private record Claimed(TopicPartition partition, Claim claim) {}

  private final String groupId;
  private final BulkStatement<TopicPartition> claim;
  private final BulkStatement<Row> advance;

  ConsumerOffsets(String groupId) {
    this.groupId = groupId;
    this.claim =
        new BulkStatement<>(
            """
            INSERT INTO tocsin.consumer_offset AS t (group_id, topic, partition, next_offset, fence)
            SELECT group_id, topic, partition, NULL, 1 FROM {rows}
            ON CONFLICT (group_id, topic, partition) DO UPDATE SET fence = t.fence + 1
            RETURNING topic, partition, next_offset, fence
            """,
            List.of(
                new Column<>("group_id", "text", p -> groupId),
                new Column<>("topic", "text", TopicPartition::topic),
                new Column<>("partition", "int4", TopicPartition::partition)));
    this.advance =
        new BulkStatement<>(
            """
            UPDATE tocsin.consumer_offset AS t SET next_offset = r.next_offset FROM {rows}
            WHERE t.group_id = r.group_id AND t.topic = r.topic AND t.partition = r.partition
              AND t.fence = r.fence
            """,
            List.of(
                new Column<>("group_id", "text", p -> groupId),
                new Column<>("topic", "text", p -> p.partition().topic()),
                new Column<>("partition", "int4", p -> p.partition().partition()),
                new Column<>("next_offset", "int8", Row::nextOffset),
                new Column<>("fence", "int8", Row::fence)));
  }

  /**
   * Takes partitions over from whoever held them. Waits for a transaction that is being written
   * under an older claim, and tells where that one ends.
   */
  Map<TopicPartition, Claim> claim(Handle handle, Collection<TopicPartition> partitions) {
    List<TopicPartition> ordered = partitions.stream().sorted(ORDER).toList();
    Map<TopicPartition, Claim> claims = new HashMap<>();
    claim
        .executeReturning(
            handle,
            ordered,
            (r, context) ->
                new Claimed(
                    new TopicPartition(r.getString("topic"), r.getInt("partition")),
                    new Claim(r.getLong("fence"), r.getObject("next_offset", Long.class))))
        .forEach(claimed -> claims.put(claimed.partition(), claimed.claim()));
    return claims;
  }

  /**
   * Moves offsets in the caller's transaction.
   *
   * @throws FencedException if one of the partitions has been claimed since: roll back
   */
  void advance(Handle handle, Map<TopicPartition, Position> positions) {
    List<Row> rows = new ArrayList<>();
    positions.forEach((p, to) -> rows.add(new Row(p, to.nextOffset(), to.fence())));
    rows.sort(Comparator.comparing(Row::partition, ORDER));
    int moved = advance.execute(handle, rows);
    if (moved != rows.size()) {
      throw new FencedException(
          (rows.size() - moved)
              + " of the partitions "
              + rows.stream().map(Row::partition).toList()
              + " belong to another sink of group "
              + groupId
              + " by now; nothing of this batch was written. Start this sink again to rejoin");
    }
  }
}
