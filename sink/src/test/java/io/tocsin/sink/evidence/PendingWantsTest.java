package io.tocsin.sink.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.sink.evidence.PendingWants.Pending;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PendingWantsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final TopicPartition P0 = new TopicPartition("alerts", 0);
  private final PendingWants wants = new PendingWants();

  private static Pending pending(String alertId, int revision, int partition, long offset) {
    return new Pending(
        new Want(alertId, revision, Set.of("d1"), NOON, NOON, NOON, null),
        new ConsumerRecord<>("alerts", partition, offset, new byte[0], new byte[0]));
  }

  private Long committable(TopicPartition partition) {
    OffsetAndMetadata offset = wants.committable().get(partition);
    return offset == null ? null : offset.offset();
  }

  @Test
  void aPartitionIsCommittedUpToItsFirstRecordThatIsNotDone() {
    Pending slow = pending("a1", 1, 0, 10);
    Pending quick = pending("a2", 1, 0, 11);
    wants.add(slow);
    wants.add(quick);
    wants.skip(pending("a3", 1, 0, 12).record());
    assertThat(committable(P0)).isEqualTo(10);

    wants.done(quick);
    assertThat(committable(P0)).isEqualTo(10);

    wants.done(slow);
    assertThat(committable(P0)).isEqualTo(13);
  }

  @Test
  void onlyTheNewestRevisionIsWorkedOnAndIsDoneForAll() {
    wants.add(pending("a1", 1, 0, 10));
    Pending newest = pending("a1", 3, 0, 11);
    wants.add(newest);
    wants.add(pending("a1", 2, 0, 12));

    assertThat(wants.next(NOON)).contains(newest);
    wants.done(newest);

    assertThat(wants.next(NOON)).isEmpty();
    assertThat(committable(P0)).isEqualTo(13);
  }

  @Test
  void waitsDoubleUntilAMinuteAndANewRevisionComesAtOnce() {
    Pending first = pending("a1", 1, 0, 10);
    wants.add(first);
    Instant now = NOON;
    for (long wait : new long[] {1, 2, 4, 8, 16, 32, 60, 60}) {
      wants.later(first, now, now);
      assertThat(wants.next(now.plusSeconds(wait).minusMillis(1))).isEmpty();
      now = now.plusSeconds(wait);
      assertThat(wants.next(now)).contains(first);
    }
    wants.later(first, now, now);

    Pending second = pending("a1", 2, 0, 11);
    wants.add(second);

    assertThat(wants.next(now)).contains(second);
  }

  @Test
  void aWantForTheFutureWaitsUntilThen() {
    Pending one = pending("a1", 1, 0, 10);
    wants.add(one);
    wants.later(one, NOON, NOON.plusSeconds(7));

    assertThat(wants.next(NOON.plusMillis(6999))).isEmpty();
    assertThat(wants.next(NOON.plusSeconds(7))).contains(one);
  }

  @Test
  void aPartitionThatIsTakenAwayIsForgotten() {
    Pending stays = pending("a2", 1, 1, 5);
    wants.add(pending("a1", 1, 0, 10));
    wants.add(stays);

    wants.forget(List.of(P0));

    assertThat(wants.next(NOON)).contains(stays);
    assertThat(wants.committable()).containsOnlyKeys(new TopicPartition("alerts", 1));
    assertThat(wants.size()).isEqualTo(1);
  }
}
