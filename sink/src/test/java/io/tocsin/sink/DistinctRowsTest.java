package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Verdict;
import io.tocsin.sink.DistressAlertTable.AlertDetection;
import io.tocsin.sink.DistressAlertTable.AlertRow;
import io.tocsin.sink.Reading.Accepted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** PostgreSQL refuses one upsert that meets a row twice; of several records one is written. */
class DistinctRowsTest {

  @Test
  void ofDetectionsWithOneKeyTheOnePublishedLastIsWrittenInOrderOfOnset() {
    Detection early = Samples.detection("z", Samples.NOON);
    Detection late = Samples.detection("a", Samples.NOON.plusSeconds(1));
    Detection lateAgain = Samples.detection("a", Samples.NOON.plusSeconds(1));
    lateAgain.setProbability(0.5);

    assertThat(
            DetectionTable.distinct(
                List.of(
                    new Published<>(lateAgain, 30),
                    new Published<>(late, 20),
                    new Published<>(early, 10))))
        .extracting(Published::value)
        .containsExactly(early, lateAgain);
  }

  @Test
  void ofEventsWithOneIdTheHighestRevisionIsWrittenWhateverTheOrder() {
    for (int seed = 0; seed < 20; seed++) {
      var events =
          new ArrayList<>(
              List.of(
                  new Published<>(Samples.event("b", 1, "d"), 1),
                  new Published<>(Samples.event("a", 3, "d"), 2),
                  new Published<>(Samples.event("a", 1, "d"), 3),
                  new Published<>(Samples.event("a", 2, "d"), 4)));
      Collections.shuffle(events, new Random(seed));

      assertThat(SoundEventTable.highest(events))
          .extracting(e -> e.value().getEventId() + e.value().getRevision())
          .containsExactly("a3", "b1");
    }
  }

  @Test
  void anAlertKeepsTheTimeOfItsFirstRecordAndTakesTheRestFromTheHighestRevision() {
    AlertRow row =
        DistressAlertTable.highest(
                List.of(
                    new Published<>(Samples.alert("a", 1, AlertState.OPEN, "d1"), 100),
                    new Published<>(Samples.alert("a", 3, AlertState.CLOSED, "d3"), 300),
                    new Published<>(Samples.alert("a", 2, AlertState.UPDATED, "d2"), 200)))
            .iterator()
            .next();

    assertThat(row.alert().getRevision()).isEqualTo(3);
    assertThat(row.openedAtMicros()).isEqualTo(100);
    assertThat(row.publishedAtMicros()).isEqualTo(300);
    assertThat(row.closedAtMicros()).isEqualTo(300);
    assertThat(
            new AlertRow(Samples.alert("a", 1, AlertState.OPEN, "d1"), 100, 100).closedAtMicros())
        .isNull();
  }

  @Test
  void aDetectionOfTwoEventsOfAnAlertCountsForTheFirst() {
    DistressAlert alert = Samples.alert("a", 1, AlertState.OPEN, "d2", "d1");
    AlertEvent second = AlertEvent.newBuilder(alert.getEvents().get(0)).build();
    second.setEventId("e2");
    second.setLabel("shout_scream");
    second.setDetectionIds(List.of("d2", "d3"));
    alert.setEvents(List.of(alert.getEvents().get(0), second));

    assertThat(DistressAlertTable.detections(alert))
        .containsExactly(
            new AlertDetection("a", "d1", "e1", "glass_shatter"),
            new AlertDetection("a", "d2", "e1", "glass_shatter"),
            new AlertDetection("a", "d3", "e2", "shout_scream"));
  }

  @Test
  void theLastRecordOfAKeyIsInForceATombstoneToo() {
    Review first = Samples.review("a", Verdict.UNCLEAR);
    Review last = Samples.review("a", Verdict.FALSE_ALARM);
    List<Accepted<Review>> records = new ArrayList<>();
    records.add(new Accepted<>(record(0), "b", first));
    records.add(new Accepted<>(record(1), "a", first));
    records.add(new Accepted<>(record(2), "b", null));
    records.add(new Accepted<>(record(3), "a", last));

    assertThat(KeyedTable.lastByKey(records).values())
        .extracting(Accepted::value)
        .containsExactly(last, null);
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>("t", 0, offset, new byte[0], new byte[0]);
  }
}
