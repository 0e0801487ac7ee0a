package io.tocsin.jobs.distress;

import static io.tocsin.jobs.distress.Neighbourhood.GLASS_THEN_CRY;
import static io.tocsin.jobs.distress.Neighbourhood.T0_MICROS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.CellReach;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.association.SoundEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the job makes of alerts in its topic that it has not said, or knows nothing more of. */
class StrayAlertsTest {

  private static final long HORIZON_MICROS =
      CellAssociator.horizonMicros(Neighbourhood.SETTINGS, List.of(GLASS_THEN_CRY));
  private static final Duration PATIENCE =
      CellHarness.LATENESS.plusNanos(HORIZON_MICROS * 1_000).plusSeconds(1);

  private final Neighbourhood neighbourhood = new Neighbourhood();

  /** Of one distress, by onset. */
  private List<Pick> picks;

  /** What is said of it when nothing goes wrong. */
  private Alert right;

  /** Said by one who did not know the first pick yet, and never came to take it back. */
  private Alert stray;

  /** The cell that said it. */
  private long owner;

  @BeforeEach
  void twoAttempts() throws Exception {
    picks =
        neighbourhood.distress(40, -60, T0_MICROS).stream()
            .sorted(Comparator.comparingLong(Pick::onsetMicros))
            .toList();
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      settle(cells);
      List<Alert> last = CellHarness.lastWords(cells.said());
      assertThat(last).hasSize(1);
      right = last.get(0);
    }
    try (CellHarness given = CellHarness.started()) {
      given.send(neighbourhood.toCells(picks.subList(1, picks.size() - 1)));
      List<TracedAlert> said = given.saidInTraces();
      stray = said.get(said.size() - 1).alert();
      owner = said.get(said.size() - 1).cell();
    }
    assertThat(stray.alertId()).isNotEqualTo(right.alertId());
    assertThat(stray.isOpen()).isTrue();
  }

  @Test
  void oneThatTurnsUpAtAnyTimeIsTakenBackInFavourOfTheRightOne() throws Exception {
    for (int before = 0; before <= picks.size(); before++) {
      try (CellHarness cells = CellHarness.started()) {
        List<Alert> topic = new ArrayList<>(List.of(stray));
        cells.send(neighbourhood.toCells(picks.subList(0, before)));
        cells.hear(said(stray));
        cells.send(neighbourhood.toCells(picks.subList(before, picks.size())));
        settle(cells);
        topic.addAll(cells.said());
        assertTakenBack(topic, "after %d picks".formatted(before));
        assertForgets(cells);
      }
    }
  }

  @Test
  void oneThatTurnsUpAfterTheRightOneIsClosedIsTakenBackToo() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      List<Alert> topic = new ArrayList<>();
      long micros = T0_MICROS;
      while (topic.stream().noneMatch(a -> a.state() == Alert.State.CLOSED)) {
        micros += 250_000;
        cells.watermark(micros);
        topic.addAll(cells.said());
      }
      cells.hear(said(stray));
      topic.add(stray);
      settle(cells);
      topic.addAll(cells.said());
      assertTakenBack(topic, "after it closed");
      assertForgets(cells);
    }
  }

  @Test
  void whatTheJobSaidItselfChangesNothingWhenItComesBack() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      List<Alert> topic = new ArrayList<>();
      for (CellPick pick : neighbourhood.toCells(picks)) {
        cells.send(pick);
        hearBack(cells, topic);
      }
      settle(cells);
      hearBack(cells, topic);
      assertThat(topic).extracting(Alert::alertId).containsOnly(right.alertId());
      assertThat(CellHarness.lastWords(topic)).containsExactly(right);
      assertForgets(cells);
    }
  }

  @Test
  void anAttemptThatReadsItsPredecessorsWordsBeforeThePicksEndsInTheSameLastRevision()
      throws Exception {
    List<TracedAlert> before;
    OperatorSubtaskState kept;
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks.subList(0, 2)));
      kept = cells.snapshot();
      cells.send(neighbourhood.toCells(picks.subList(2, picks.size() - 2)));
      before = cells.saidInTraces();
      assertThat(before).isNotEmpty();
    }
    try (CellHarness cells = CellHarness.restored(kept, 1, 0)) {
      for (TracedAlert said : before) {
        cells.hear(said);
      }
      cells.hear(said(stray));
      OperatorSubtaskState again = cells.snapshot();
      List<Alert> topic = new ArrayList<>(before.stream().map(TracedAlert::alert).toList());
      topic.add(stray);
      topic.addAll(cells.said());
      try (CellHarness next = CellHarness.restored(again, 1, 0)) {
        next.send(neighbourhood.toCells(picks.subList(2, picks.size())));
        settle(next);
        topic.addAll(next.said());
        assertTakenBack(topic, "two attempts later");
        assertForgets(next);
      }
    }
  }

  @Test
  void oneWhosePicksNobodyBringsIsClosedAfterTheWaitByOneCell() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.hear(said(stray));
      cells.watermark(T0_MICROS + 20 * HORIZON_MICROS);
      assertThat(cells.said()).as("its picks may still come").isEmpty();
      OperatorSubtaskState kept = cells.snapshot();
      cells.processingTime(PATIENCE);
      List<Alert> said = cells.said();
      assertThat(said).hasSize(1);
      assertThat(said.get(0).alertId()).isEqualTo(stray.alertId());
      assertThat(said.get(0).state()).isEqualTo(Alert.State.CLOSED);
      assertThat(said.get(0).revision()).isGreaterThan(stray.revision());
      assertThat(said.get(0).replacedBy()).isNull();
      assertForgets(cells);
      assertARestartWaitsAnew(kept);
    }
  }

  private static void assertARestartWaitsAnew(OperatorSubtaskState kept) throws Exception {
    try (CellHarness cells = CellHarness.restored(kept, 1, 0)) {
      // A long outage: the timers of before are over at once, and nothing is read yet.
      Duration outage = PATIENCE.multipliedBy(50);
      cells.processingTime(outage);
      cells.watermark(T0_MICROS + 20 * HORIZON_MICROS);
      assertThat(cells.said()).isEmpty();
      cells.processingTime(outage.plus(PATIENCE));
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
    }
  }

  @Test
  void oneThatNobodysTimeEndsIsClosedBySilence() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.hear(said(stray));
      cells.processingTime(PATIENCE);
      assertThat(cells.said()).as("who has just begun has not listened for long").isEmpty();
      cells.processingTime(PATIENCE.multipliedBy(2));
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
      assertForgets(cells);
    }
  }

  @Test
  void oneAfterAnotherWaitsForItself() throws Exception {
    TracedAlert another = another();
    try (CellHarness cells = CellHarness.started()) {
      cells.watermark(T0_MICROS + 20 * HORIZON_MICROS);
      cells.hear(said(stray));
      cells.processingTime(PATIENCE.multipliedBy(2).dividedBy(3));
      cells.hear(another);
      cells.processingTime(PATIENCE);
      assertThat(cells.said()).extracting(Alert::alertId).containsExactly(stray.alertId());
      cells.processingTime(PATIENCE.multipliedBy(3));
      assertThat(cells.said())
          .extracting(Alert::alertId)
          .containsExactly(another.alert().alertId());
      assertForgets(cells);
    }
  }

  @Test
  void aSoundWithoutDetectionsDoesNoHarm() throws Exception {
    List<SoundEvent> events = new ArrayList<>(stray.events());
    SoundEvent last = events.remove(events.size() - 1);
    events.add(
        new SoundEvent(
            last.eventId(),
            last.label(),
            last.originMicros(),
            last.originSigmaMicros(),
            last.location(),
            List.of(),
            List.of(),
            0));
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      cells.said();
      cells.hear(said(copy(stray, stray.alertId(), stray.revision(), stray.state(), events)));
      settle(cells);
      assertThat(cells.said())
          .filteredOn(alert -> alert.alertId().equals(stray.alertId()))
          .extracting(Alert::state)
          .containsExactly(Alert.State.RETRACTED);
    }
  }

  @Test
  void oneWhoseLastWordIsReadInTimeIsLeftAlone() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      for (Alert.State end : List.of(Alert.State.CLOSED, Alert.State.RETRACTED)) {
        cells.hear(said(stray));
        cells.hear(said(ended(stray, end)));
      }
      cells.watermark(T0_MICROS + 20 * HORIZON_MICROS);
      cells.processingTime(PATIENCE.multipliedBy(3));
      assertThat(cells.said()).isEmpty();
      assertForgets(cells);
    }
  }

  @Test
  void anAlertWhoseIdIsNotMadeOfItsPicksIsNobodysBusiness() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      cells.said();
      cells.hear(said(named(stray, "somebody-elses")));
      cells.processingTime(PATIENCE.multipliedBy(3));
      assertThat(cells.said()).extracting(Alert::alertId).containsOnly(right.alertId());
    }
  }

  @Test
  void oneWithoutAHeaderIsFoundByTheCellThatKnowsItsPicks() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      List<Alert> topic = new ArrayList<>(List.of(stray));
      cells.send(neighbourhood.toCells(picks));
      cells.hearHeadless(stray);
      settle(cells);
      topic.addAll(cells.said());
      assertTakenBack(topic, "asked all around");
      assertForgets(cells);
    }
  }

  @Test
  void oneWithoutAHeaderWhosePicksNobodyBringsIsClosedByOneCell() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.hearHeadless(stray);
      cells.watermark(T0_MICROS + 20 * HORIZON_MICROS);
      cells.processingTime(PATIENCE);
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
      assertForgets(cells);
    }
  }

  @Test
  void aHeaderThatCannotBeTrueIsNone() throws Exception {
    long farAway = new CellReach(0).home(new GeoPoint(-33.9, 151.2));
    for (long cell : new long[] {OwnerCell.NONE, 1, -1, farAway}) {
      try (CellHarness cells = CellHarness.started()) {
        List<Alert> topic = new ArrayList<>(List.of(stray));
        cells.send(neighbourhood.toCells(picks));
        cells.hear(new TracedAlert(cell, stray, null));
        settle(cells);
        topic.addAll(cells.said());
        assertTakenBack(topic, "said by " + cell);
        assertForgets(cells);
      }
    }
  }

  @Test
  void aWordGoesToNobodyButTheCellThatSaidIt() {
    assertThat(Neighbourhood.toCells(new SaidAlert(owner, stray)))
        .containsExactly(new CellAlert(owner, stray, true));
    List<CellAlert> around = Neighbourhood.toCells(new SaidAlert(OwnerCell.NONE, stray));
    assertThat(around).extracting(CellAlert::cell).contains(owner).hasSizeGreaterThan(2);
    assertThat(around).filteredOn(CellAlert::waits).hasSize(1);
  }

  /** As the cell said it that said the stray one. */
  private TracedAlert said(Alert alert) {
    return new TracedAlert(owner, alert, null);
  }

  /** The right one's last word is as if nothing had been, and the stray went over to it. */
  private void assertTakenBack(List<Alert> topic, String when) {
    assertThat(CellHarness.lastWords(topic)).as(when).containsExactly(right);
    Alert last =
        topic.stream()
            .filter(a -> a.alertId().equals(stray.alertId()))
            .max(Comparator.comparingInt(Alert::revision))
            .orElseThrow();
    assertThat(last.state()).as(when).isEqualTo(Alert.State.RETRACTED);
    assertThat(last.replacedBy()).as(when).isEqualTo(right.alertId());
    assertThat(last.events()).as(when).hasSameSizeAs(stray.events());
  }

  private static void assertForgets(CellHarness cells) throws Exception {
    cells.processingTime(PATIENCE.multipliedBy(10));
    cells.watermark(T0_MICROS + Duration.ofHours(4).toNanos() / 1_000);
    assertThat(cells.keyedStateEntries()).isZero();
    assertThat(cells.eventTimeTimers()).isZero();
    assertThat(cells.processingTimeTimers()).isZero();
  }

  private static void hearBack(CellHarness cells, List<Alert> topic) throws Exception {
    List<TracedAlert> said = cells.saidInTraces();
    for (TracedAlert alert : said) {
      topic.add(alert.alert());
      cells.hear(alert);
    }
    assertThat(cells.said()).as("an echo").isEmpty();
  }

  private static Alert ended(Alert alert, Alert.State state) {
    return copy(alert, alert.alertId(), alert.revision() + 5, state);
  }

  private static Alert named(Alert alert, String alertId) {
    return copy(alert, alertId, alert.revision(), alert.state());
  }

  /** Another that nobody brings the picks of. */
  private TracedAlert another() throws Exception {
    try (CellHarness given = CellHarness.started()) {
      given.send(neighbourhood.toCells(picks.subList(2, picks.size())));
      List<TracedAlert> said = given.saidInTraces();
      TracedAlert other = said.get(said.size() - 1);
      assertThat(other.alert().alertId()).isNotIn(stray.alertId(), right.alertId());
      return other;
    }
  }

  private static Alert copy(Alert alert, String alertId, int revision, Alert.State state) {
    return copy(alert, alertId, revision, state, alert.events());
  }

  private static Alert copy(
      Alert alert, String alertId, int revision, Alert.State state, List<SoundEvent> events) {
    return new Alert(
        alertId,
        revision,
        state,
        alert.patternId(),
        alert.severity(),
        alert.probability(),
        alert.location(),
        alert.startedMicros(),
        alert.endedMicros(),
        events,
        alert.explanation(),
        null);
  }

  private static void settle(CellHarness cells) throws Exception {
    cells.watermark(T0_MICROS + 70_000_000 + 3 * HORIZON_MICROS);
  }
}
