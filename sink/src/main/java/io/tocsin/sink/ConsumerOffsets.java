package io.tocsin.sink;

import io.tocsin.sink.BulkStatement.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a group has written each partition, kept beside the rows. Whoever takes a partition
 * raises its fence; a sink that was thrown out of the group without noticing holds an older fence
 * and may write nothing.
 */
final class ConsumerOffsets {

  private static final Logger LOG = LoggerFactory.getLogger(ConsumerOffsets.class);
  private static final Duration CLAIM_WITHIN = Duration.ofSeconds(5);

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
   * @param held the claim under which its records were read, as the last written batch left it
   */
  record Position(long nextOffset, Claim held) {

    /** What is held once the batch is written. */
    Claim written() {
      return new Claim(held.fence(), nextOffset);
    }
  }

  private record Row(TopicPartition partition, Position to) {}

  private record Claimed(TopicPartition partition, Claim claim) {}

  private final String groupId;
  private final BulkStatement<TopicPartition> claim;
  private final BulkStatement<Row> advance;
  private final BulkStatement<Map.Entry<TopicPartition, Claim>> check;

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
              AND t.fence = r.fence AND t.next_offset IS NOT DISTINCT FROM r.held_offset
            """,
            List.of(
                new Column<>("group_id", "text", p -> groupId),
                new Column<>("topic", "text", p -> p.partition().topic()),
                new Column<>("partition", "int4", p -> p.partition().partition()),
                new Column<>("next_offset", "int8", r -> r.to().nextOffset()),
                new Column<>("held_offset", "int8", r -> r.to().held().nextOffset()),
                new Column<>("fence", "int8", r -> r.to().held().fence())));
    this.check =
        new BulkStatement<>(
            """
            SELECT count(*) FILTER (WHERE t.fence <> r.fence) AS lost,
              count(*) FILTER (WHERE t.next_offset IS DISTINCT FROM r.held_offset) AS forgotten
            FROM {rows} LEFT JOIN tocsin.consumer_offset AS t
              ON t.group_id = r.group_id AND t.topic = r.topic AND t.partition = r.partition
            """,
            List.of(
                new Column<>("group_id", "text", e -> groupId),
                new Column<>("topic", "text", e -> e.getKey().topic()),
                new Column<>("partition", "int4", e -> e.getKey().partition()),
                new Column<>("held_offset", "int8", e -> e.getValue().nextOffset()),
                new Column<>("fence", "int8", e -> e.getValue().fence())));
  }

  /**
   * Takes partitions over from whoever held them. Waits for a transaction that is being written
   * under an older claim, and tells where that one ends. A sink that was stopped in the middle of
   * one would make everyone wait for ever, so that a session whose client has been silent for long
   * is ended.
   */
  Map<TopicPartition, Claim> claim(Jdbi jdbi, Collection<TopicPartition> partitions) {
    try {
      return jdbi.inTransaction(handle -> claim(handle, partitions));
    } catch (JdbiException e) {
      if (Faults.isLockNotAvailable(e)) {
        LOG.warn("event=silent-sessions-ended sessions={}", jdbi.withHandle(this::endSilent));
      }
      throw e;
    }
  }

  private int endSilent(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = :application AND usename = current_user
              AND datname = current_database() AND wait_event = 'ClientRead'
              AND xact_start < clock_timestamp() - :silence * interval '1 millisecond'
            """)
        .bind("application", Database.APPLICATION)
        .bind("silence", CLAIM_WITHIN.toMillis())
        .mapTo(Integer.class)
        .one();
  }

  private Map<TopicPartition, Claim> claim(Handle handle, Collection<TopicPartition> partitions) {
    handle.execute("SET LOCAL lock_timeout = " + CLAIM_WITHIN.toMillis());
    // A crash may take back what was written under a claim, but not the claim.
    handle.execute("SET LOCAL synchronous_commit = on");
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
   * Sets a group back to the beginning of all topics; whoever holds a partition may write nothing
   * until it has claimed it anew.
   */
  void reset(Handle handle) {
    handle
        .createUpdate(
            """
            UPDATE tocsin.consumer_offset SET next_offset = NULL, fence = fence + 1
            WHERE group_id = :group
            """)
        .bind("group", groupId)
        .execute();
  }

  /** How far a group has written each partition of which it has written any. */
  Map<TopicPartition, Long> written(Handle handle) {
    return handle
        .createQuery(
            """
            SELECT topic, partition, next_offset FROM tocsin.consumer_offset
            WHERE group_id = :group AND next_offset IS NOT NULL
            """)
        .bind("group", groupId)
        .reduceRows(
            new HashMap<>(),
            (written, row) -> {
              written.put(
                  new TopicPartition(
                      row.getColumn("topic", String.class),
                      row.getColumn("partition", Integer.class)),
                  row.getColumn("next_offset", Long.class));
              return written;
            });
  }

  /**
   * Moves offsets in the caller's transaction.
   *
   * @throws FencedException if one of the partitions has been claimed since: roll back
   * @throws TakenBackException if the database has forgotten written batches: roll back and claim
   *     anew
   */
  void advance(Handle handle, Map<TopicPartition, Position> positions) {
    List<Row> rows = new ArrayList<>();
    positions.forEach((p, to) -> rows.add(new Row(p, to)));
    rows.sort(Comparator.comparing(Row::partition, ORDER));
    int moved = advance.execute(handle, rows);
    if (moved < rows.size()) {
      Map<TopicPartition, Claim> held = new HashMap<>();
      positions.forEach((p, to) -> held.put(p, to.held()));
      check(handle, held);
      throw new IllegalStateException(
          "offsets of " + held.keySet() + " did not move though they are held");
    }
  }

  /**
   * Makes sure that the database still stands where this sink left it. A crash of the server can
   * take back the last commits, and on a partition without new records nobody would notice.
   *
   * @throws FencedException if one of the partitions has been claimed since
   * @throws TakenBackException if the database has forgotten written batches: claim anew
   */
  void check(Handle handle, Map<TopicPartition, Claim> held) {
    for (Found found :
        check.executeReturning(
            handle,
            held.entrySet(),
            (r, context) -> new Found(r.getLong("lost"), r.getLong("forgotten")))) {
      if (found.lost() > 0) {
        throw new FencedException(
            found.lost()
                + " of the partitions "
                + held.keySet()
                + " belong to another sink of group "
                + groupId
                + " by now; nothing of this batch was written. Start this sink again to rejoin");
      }
      if (found.forgotten() > 0) {
        throw new TakenBackException(
            "the database has forgotten batches of "
                + found.forgotten()
                + " of the partitions "
                + held.keySet());
      }
    }
  }

  /**
   * @param lost partitions that another sink has claimed
   * @param forgotten partitions that do not stand where this sink left them
   */
  private record Found(long lost, long forgotten) {}
}
