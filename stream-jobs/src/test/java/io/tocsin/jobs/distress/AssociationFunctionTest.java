package io.tocsin.jobs.distress;

import static io.tocsin.jobs.distress.Neighbourhood.GLASS_THEN_CRY;
import static io.tocsin.jobs.distress.Neighbourhood.T0_MICROS;
import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.schema.wire.TraceParent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class AssociationFunctionTest {

  private static final long HORIZON_MICROS =
      CellAssociator.horizonMicros(Neighbourhood.SETTINGS, List.of(GLASS_THEN_CRY));
  private static final Duration LONG_SILENCE =
      CellHarness.LATENESS.plusNanos(HORIZON_MICROS * 1_000).multipliedBy(3);

  private final Neighbourhood neighbourhood = new Neighbourhood();
  private final Random random = new Random(5);

  @Test
  void anAlertOpensOnArrivalWithoutAWatermarkAndItsRevisionsGrow() throws Exception {
    List<Pick> picks = byOnset(neighbourhood.distress(40, -60, T0_MICROS));
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      List<Alert> said = cells.said();
      assertThat(said).hasSizeGreaterThan(1);
      assertThat(said.get(0).state()).isEqualTo(Alert.State.OPEN);
      assertThat(said.get(0).patternId()).isEqualTo(GLASS_THEN_CRY.patternId());
      for (int i = 1; i < said.size(); i++) {
        assertThat(said.get(i).state()).isEqualTo(Alert.State.UPDATED);
        assertThat(said.get(i).alertId()).isEqualTo(said.get(0).alertId());
        assertThat(said.get(i).revision()).isGreaterThan(said.get(i - 1).revision());
      }
      Alert last = said.get(said.size() - 1);
      assertThat(Neighbourhood.apartMetres(last.location().point(), Neighbourhood.at(40, -60)))
          .isLessThan(20);
      assertThat(cells.events()).isNotEmpty();
    }
  }

  @Test
  void whatAPickBringsOutIsInItsTraceAndWhatTimeBringsOutInNone() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      Set<TraceParent> opened = new HashSet<>();
      for (CellPick pick : neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS))) {
        int events = cells.events().size();
        cells.send(pick);
        List<TracedAlert> said = cells.saidInTraces();
        assertThat(said).extracting(TracedAlert::trace).allMatch(pick.trace()::equals);
        said.forEach(alert -> opened.add(alert.trace()));
        assertThat(cells.eventsInTraces().subList(events, cells.events().size()))
            .extracting(TracedEvent::trace)
            .allMatch(pick.trace()::equals);
      }
      assertThat(opened).hasSizeGreaterThan(1);
      settle(cells);
      assertThat(cells.saidInTraces())
          .isNotEmpty()
          .allSatisfy(alert -> assertThat(alert.trace()).isNull());
    }
  }

  @Test
  void aDuplicateSaysNothing() throws Exception {
    List<CellPick> sent = neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS));
    try (CellHarness cells = CellHarness.started()) {
      cells.send(sent);
      assertThat(cells.said()).isNotEmpty();
      cells.send(sent);
      assertThat(cells.said()).isEmpty();
    }
  }

  @Test
  void everyOrderOfArrivalEndsInTheSameLastRevisions() throws Exception {
    List<CellPick> sent = neighbourhood.toCells(twoDistresses());
    List<Alert> expected = null;
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(sent, random);
      List<Alert> last;
      try (CellHarness cells = CellHarness.started()) {
        cells.send(sent);
        settle(cells);
        last = CellHarness.lastWords(cells.said());
      }
      if (expected == null) {
        expected = last;
        assertThat(expected).hasSize(2);
        assertThat(expected).extracting(Alert::state).containsOnly(Alert.State.CLOSED);
      }
      assertThat(last).as("shuffle %d", i).isEqualTo(expected);
    }
  }

  @Test
  void delaysWithinTheLatenessEndInTheSameLastRevisionsWhileTheWatermarkRuns() throws Exception {
    List<Pick> picks = twoDistresses();
    picks.addAll(neighbourhood.distress(-60, 50, T0_MICROS + 70_000_000));
    List<CellPick> sent = neighbourhood.toCells(picks);
    List<Alert> expected = null;
    for (int i = 0; i < 6; i++) {
      Map<String, Long> arrival = new HashMap<>();
      long mostDelay = i == 0 ? 1 : CellHarness.LATENESS.toNanos() / 1_000;
      for (Pick pick : picks) {
        arrival.put(pick.detectionId(), pick.onsetMicros() + random.nextLong(mostDelay));
      }
      sent.sort(Comparator.comparing((CellPick p) -> arrival.get(p.pick().detectionId())));
      List<Alert> last;
      try (CellHarness cells = CellHarness.started()) {
        for (CellPick pick : sent) {
          cells.send(pick);
          cells.watermark(arrival.get(pick.pick().detectionId()) - mostDelay);
        }
        settle(cells);
        last = CellHarness.lastWords(cells.said());
      }
      if (expected == null) {
        expected = last;
        assertThat(expected).hasSize(3);
      }
      assertThat(last).as("delays %d", i).isEqualTo(expected);
    }
  }

  @Test
  void aRestoreInTheMiddleEndsInTheSameLastRevisions() throws Exception {
    List<CellPick> sent = neighbourhood.toCells(twoDistresses());
    Collections.shuffle(sent, random);
    List<Alert> whole;
    try (CellHarness cells = CellHarness.started()) {
      cells.send(sent);
      settle(cells);
      whole = CellHarness.lastWords(cells.said());
    }
    assertThat(whole).hasSize(2);
    int half = sent.size() / 2;
    List<Alert> said = new ArrayList<>();
    OperatorSubtaskState kept;
    try (CellHarness before = CellHarness.started()) {
      before.send(sent.subList(0, half));
      said.addAll(before.said());
      kept = before.snapshot();
    }
    try (CellHarness after = CellHarness.restored(kept, 1, 0)) {
      after.send(sent.subList(half, sent.size()));
      settle(after);
      said.addAll(after.said());
    }
    assertThat(CellHarness.lastWords(said)).isEqualTo(whole);
  }

  @Test
  void whatIsTakenBackAfterARestoreNamesWhatTookItsPlace() throws Exception {
    List<Pick> picks = byOnset(neighbourhood.distress(40, -60, T0_MICROS));
    OperatorSubtaskState kept;
    String told;
    try (CellHarness before = CellHarness.started()) {
      before.send(neighbourhood.toCells(picks.subList(1, picks.size())));
      told = before.said().get(0).alertId();
      kept = before.snapshot();
    }
    try (CellHarness after = CellHarness.restored(kept, 1, 0)) {
      after.send(neighbourhood.toCells(picks.subList(0, 1)));
      settle(after);
      List<Alert> said = after.said();
      String inForce = CellHarness.lastWords(said).get(0).alertId();
      assertThat(inForce).isNotEqualTo(told);
      assertThat(said)
          .filteredOn(a -> a.state() == Alert.State.RETRACTED)
          .singleElement()
          .satisfies(
              retracted -> {
                assertThat(retracted.alertId()).isEqualTo(told);
                assertThat(retracted.replacedBy()).isEqualTo(inForce);
              });
    }
  }

  @Test
  void aRestoreWithAnotherParallelismEndsInTheSameLastRevisions() throws Exception {
    List<CellPick> sent = neighbourhood.toCells(twoDistresses());
    Collections.shuffle(sent, random);
    List<Alert> whole;
    try (CellHarness cells = CellHarness.started()) {
      cells.send(sent);
      settle(cells);
      whole = CellHarness.lastWords(cells.said());
    }
    int half = sent.size() / 2;
    OperatorSubtaskState kept;
    List<Alert> said = new ArrayList<>();
    try (CellHarness before = CellHarness.started()) {
      before.send(sent.subList(0, half));
      said.addAll(before.said());
      kept = before.snapshot();
    }
    Set<Integer> busy = new HashSet<>();
    int parallelism = 3;
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (CellHarness after = CellHarness.restored(kept, parallelism, subtask)) {
        for (CellPick pick : sent.subList(half, sent.size())) {
          if (subtask
              == KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  pick.cell(), CellHarness.MAX_PARALLELISM, parallelism)) {
            busy.add(subtask);
            after.send(pick);
          }
        }
        settle(after);
        said.addAll(after.said());
      }
    }
    assertThat(busy).as("subtasks that have cells").hasSizeGreaterThan(1);
    assertThat(CellHarness.lastWords(said)).isEqualTo(whole);
  }

  @Test
  void eightSubtasksSayWhatOneSays() throws Exception {
    Towns towns = new Towns(9, 4_000);
    List<CellPick> sent = neighbourhood.toCells(towns.distresses(T0_MICROS));
    Collections.shuffle(sent, random);
    List<Alert> alone = lastWords(towns, sent, 1);
    assertThat(alone).hasSize(9);
    assertThat(alone).extracting(Alert::state).containsOnly(Alert.State.CLOSED);
    assertThat(lastWords(towns, sent, 8)).isEqualTo(alone);
  }

  private static List<Alert> lastWords(Towns towns, List<CellPick> sent, int parallelism)
      throws Exception {
    List<Alert> said = new ArrayList<>();
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (CellHarness cells = CellHarness.started(towns.sensors(), parallelism, subtask)) {
        for (CellPick pick : sent) {
          if (subtask
              == KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  pick.cell(), CellHarness.MAX_PARALLELISM, parallelism)) {
            cells.send(pick);
          }
        }
        settle(cells);
        said.addAll(cells.said());
      }
    }
    return CellHarness.lastWords(said);
  }

  @Test
  void aCellThatIsOverTakesPicksAgain() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS)));
      cells.processingTime(LONG_SILENCE);
      cells.said();
      // What comes after the silence is not late, though its time has not been reached by any.
      cells.send(neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS + 40_000_000)));
      assertThat(cells.said()).extracting(Alert::state).contains(Alert.State.OPEN);
    }
  }

  @Test
  void whatIsKnownOfBackgroundRatesIsForgottenAfterHours() throws Exception {
    Pick alone = neighbourhood.distress(40, -60, T0_MICROS).get(0);
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(List.of(alone)));
      settle(cells);
      cells.processingTime(LONG_SILENCE);
      assertThat(cells.keyedStateEntries()).as("a rate in each cell").isPositive();
      cells.watermark(T0_MICROS + Duration.ofHours(4).toNanos() / 1_000);
      assertThat(cells.keyedStateEntries()).isZero();
      assertThat(cells.eventTimeTimers()).isZero();
      assertThat(cells.processingTimeTimers()).isZero();
    }
  }

  @Test
  void nothingIsKeptAfterTheWatermarkAndSilence() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(twoDistresses()));
      assertThat(cells.keyedStateEntries()).isPositive();
      assertThat(cells.eventTimeTimers()).isPositive();
      assertThat(cells.processingTimeTimers()).isPositive();
      settle(cells);
      cells.processingTime(LONG_SILENCE);
      assertThat(cells.keyedStateEntries()).isZero();
      assertThat(cells.eventTimeTimers()).isZero();
      assertThat(cells.processingTimeTimers()).isZero();
    }
  }

  @Test
  void silenceAloneClosesWhatIsOpenAndForgets() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS)));
      cells.said();
      cells.processingTime(LONG_SILENCE);
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
      assertThat(cells.keyedStateEntries()).isZero();
      assertThat(cells.processingTimeTimers()).isZero();
    }
  }

  @Test
  void whileOthersPicksAreWorkedThroughACellsOwnSilenceClosesNothing() throws Exception {
    Towns towns = new Towns(2, 60_000);
    Map<Boolean, List<Pick>> byTown =
        towns.distresses(T0_MICROS).stream()
            .collect(Collectors.partitioningBy(p -> p.sensorId().startsWith("t0-")));
    Duration silence = CellHarness.LATENESS.plusNanos(HORIZON_MICROS * 1_000);
    Duration most = silence.multipliedBy(3).dividedBy(4);
    try (CellHarness cells = CellHarness.started(towns.sensors(), 1, 0)) {
      cells.send(neighbourhood.toCells(byTown.get(true)));
      assertThat(cells.said()).isNotEmpty();
      cells.processingTime(most);
      cells.send(neighbourhood.toCells(byTown.get(false).subList(0, 1)));
      cells.processingTime(most.multipliedBy(2));
      assertThat(cells.said()).as("the subtask was at work").isEmpty();
      cells.processingTime(most.plus(silence));
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
    }
  }

  @Test
  void aPatternWithdrawnRetractsAndOnePutBackOpensAgain() throws Exception {
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(neighbourhood.distress(40, -60, T0_MICROS)));
      String alertId = cells.said().get(0).alertId();
      cells.change(Neighbourhood.withdrawn(GLASS_THEN_CRY));
      List<Alert> retracted = cells.said();
      assertThat(retracted).extracting(Alert::state).containsExactly(Alert.State.RETRACTED);
      assertThat(retracted.get(0).alertId()).isEqualTo(alertId);
      cells.change(Neighbourhood.in(GLASS_THEN_CRY));
      List<Alert> again = cells.said();
      assertThat(again).extracting(Alert::state).containsExactly(Alert.State.OPEN);
      assertThat(again.get(0).alertId()).isEqualTo(alertId);
    }
  }

  @Test
  void aPatternThatComesLaterOpensWhatItWantsAndClosesItByEventTime() throws Exception {
    Pattern patient = Neighbourhood.pattern("patient", 60_000_000);
    List<Pick> picks = neighbourhood.distress(40, -60, T0_MICROS, 40_000_000);
    long newest = picks.stream().mapToLong(Pick::onsetMicros).max().orElseThrow();
    try (CellHarness cells = CellHarness.started()) {
      cells.send(neighbourhood.toCells(picks));
      assertThat(cells.said()).isEmpty();
      cells.change(Neighbourhood.in(patient));
      List<Alert> opened = cells.said();
      assertThat(opened).extracting(Alert::state).containsExactly(Alert.State.OPEN);
      assertThat(opened.get(0).patternId()).isEqualTo("patient");
      // The picks' own timers knew the shorter pattern alone, and are over before this one is.
      cells.watermark(newest + 2 * HORIZON_MICROS + 1_000_000);
      assertThat(cells.said()).isEmpty();
      long patientMicros = CellAssociator.horizonMicros(Neighbourhood.SETTINGS, List.of(patient));
      cells.watermark(newest + patientMicros + 1_000_000);
      assertThat(cells.said()).extracting(Alert::state).containsExactly(Alert.State.CLOSED);
      cells.watermark(newest + 2 * patientMicros + 1_000_000);
      assertThat(cells.eventTimeTimers()).isZero();
      cells.processingTime(LONG_SILENCE);
      assertThat(cells.keyedStateEntries()).isZero();
    }
  }

  @Test
  void eachAlertComesFromOneCell() throws Exception {
    List<Pick> picks = twoDistresses();
    Map<String, Set<Long>> speakers = new HashMap<>();
    Map<String, Set<Long>> eventSpeakers = new HashMap<>();
    Set<Long> cells = neighbourhood.cells(picks);
    assertThat(cells).hasSizeGreaterThan(2);
    for (long cell : cells) {
      try (CellHarness harness = CellHarness.started()) {
        harness.send(neighbourhood.toCells(picks).stream().filter(p -> p.cell() == cell).toList());
        settle(harness);
        harness.said().forEach(a -> of(speakers, a.alertId()).add(cell));
        harness.events().forEach(e -> of(eventSpeakers, e.event().eventId()).add(cell));
      }
    }
    assertThat(speakers).isNotEmpty();
    assertThat(speakers.values()).allSatisfy(c -> assertThat(c).hasSize(1));
    assertThat(eventSpeakers.values()).allSatisfy(c -> assertThat(c).hasSize(1));
  }

  private static Set<Long> of(Map<String, Set<Long>> byId, String id) {
    return byId.computeIfAbsent(id, i -> new HashSet<>());
  }

  private List<Pick> twoDistresses() {
    List<Pick> picks = neighbourhood.distress(40, -60, T0_MICROS);
    picks.addAll(neighbourhood.distress(-210, 190, T0_MICROS + 12_000_000));
    return picks;
  }

  private static List<Pick> byOnset(List<Pick> picks) {
    return picks.stream().sorted(Comparator.comparingLong(Pick::onsetMicros)).toList();
  }

  /** Time goes on far behind all that was heard. */
  private static void settle(CellHarness cells) throws Exception {
    cells.watermark(T0_MICROS + 70_000_000 + 3 * HORIZON_MICROS);
  }
}
