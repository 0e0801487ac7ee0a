package io.tocsin.simulator.city.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.simulator.city.CityPlane;
import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.CityTruth.Arrival;
import io.tocsin.simulator.city.CityTruth.Incident;
import io.tocsin.simulator.city.CityTruth.Kind;
import io.tocsin.simulator.city.CityTruth.Sound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  private static final long T0 = 1_700_000_000_000_000L;
  private static final CityPlane PLANE = new CityPlane(52.5, 13.4);

  private static final Sound GLASS = sound("g", "pair", Kind.DISTRESS, "glass_shatter", 0, 0, 5);
  private static final Sound CRY = sound("c", "pair", Kind.DISTRESS, "shout_scream", 3, 10, 5);
  private static final Sound FAINT = sound("f", "faint", Kind.SINGLE, "crying", 60, 900, 3);
  private static final Sound DECOY_GLASS =
      sound("dg", "decoy", Kind.DECOY, "glass_shatter", 100, 2_000, 6);
  private static final Sound DECOY_CRY =
      sound("dc", "decoy", Kind.DECOY, "shout_scream", 102, 2_300, 6);
  private static final Sound BANG = sound("b", "bang", Kind.BURST, "glass_shatter", 200, 500, 20);

  private static final CityTruth TRUTH = truth(GLASS, CRY, FAINT, DECOY_GLASS, DECOY_CRY, BANG);

  private static Sound sound(
      String id,
      String incident,
      Kind kind,
      String label,
      double atSeconds,
      double eastMetres,
      int sensors) {
    double[] point = PLANE.geographic(new CityPlane.Point(eastMetres, 0));
    return new Sound(
        id,
        incident,
        kind,
        label,
        T0 + Math.round(atSeconds * 1e6),
        point[0],
        point[1],
        eastMetres,
        0,
        IntStream.range(0, sensors)
            .mapToObj(i -> new Arrival(id + i, "sensor-" + i, T0 + i))
            .toList());
  }

  private static CityTruth truth(Sound... sounds) {
    Map<String, Incident> incidents = new LinkedHashMap<>();
    for (Sound sound : sounds) {
      incidents.merge(
          sound.incident(),
          new Incident(sound.incident(), sound.kind(), List.of(sound.soundId())),
          (a, b) ->
              new Incident(
                  a.incident(),
                  a.kind(),
                  Stream.concat(a.soundIds().stream(), b.soundIds().stream()).toList()));
    }
    return new CityTruth(
        "S1",
        1,
        24,
        52.5,
        13.4,
        List.of(new CityTruth.Sensor("sensor-0", 52.5, 13.4, 0, 0, 400, 10_000)),
        List.of(sounds),
        List.copyOf(incidents.values()));
  }

  private static List<String> ids(Sound sound, int count) {
    return sound.arrivals().subList(0, count).stream().map(Arrival::detectionId).toList();
  }

  private static FoundEvent event(String id, Sound of, double offEastMetres, List<String> picks) {
    double[] point =
        PLANE.geographic(new CityPlane.Point(of.eastMetres() + offEastMetres, of.northMetres()));
    return new FoundEvent(
        id, of.label(), of.originMicros(), point[0], point[1], true, 20, 5, 90, 10, picks);
  }

  private static FoundEvent right(Sound of) {
    return event("e-" + of.soundId(), of, 2, ids(of, of.arrivals().size()));
  }

  private static FoundAlert alert(
      double probability, @Nullable Double perDay, Sound at, Sound... parts) {
    return new FoundAlert(
        "a-" + at.soundId() + probability,
        "glass-then-cry",
        probability,
        perDay,
        at.originMicros(),
        at.originMicros() + 5_000_000,
        at.latitudeDegrees(),
        at.longitudeDegrees(),
        Arrays.stream(parts).flatMap(s -> s.detectionIds().stream()).toList(),
        List.of());
  }

  private static FoundAlert replacing(FoundAlert alert, FoundAlert.FirstWord... before) {
    return new FoundAlert(
        alert.alertId(),
        alert.patternId(),
        alert.probability(),
        alert.falseAlarmsPerDay(),
        alert.startedMicros(),
        alert.openedMicros(),
        alert.latitudeDegrees(),
        alert.longitudeDegrees(),
        alert.detectionIds(),
        List.of(before));
  }

  /** The first word of an alert, {@code offEastMetres} from a sound and a second before others. */
  private static FoundAlert.FirstWord firstWord(Sound at, double offEastMetres, Sound... parts) {
    double[] point =
        PLANE.geographic(new CityPlane.Point(at.eastMetres() + offEastMetres, at.northMetres()));
    return new FoundAlert.FirstWord(
        "before",
        at.originMicros(),
        at.originMicros() + 4_000_000,
        point[0],
        point[1],
        Arrays.stream(parts).flatMap(s -> ids(s, 2).stream()).toList());
  }

  private static Judgement judge(List<FoundEvent> events) {
    return Evaluation.judge(TRUTH, List.of(), events);
  }

  private static Judgement judge(FoundAlert... alerts) {
    return Evaluation.judge(TRUTH, List.of(alerts), List.of());
  }

  private static List<FoundEvent> allRight() {
    return List.of(right(GLASS), right(CRY), right(DECOY_GLASS), right(DECOY_CRY));
  }

  @Test
  void everySoundFoundIsPerfect() {
    Tally.Point events = judge(allRight()).events().whole();
    assertThat(events.f1()).isEqualTo(1);
    assertThat(events.precision()).isEqualTo(1);
    assertThat(events.recall()).isEqualTo(1);
  }

  @Test
  void whatIsMissedLowersRecallAlone() {
    Tally.Point events = judge(allRight().subList(0, 3)).events().whole();
    assertThat(events.recall()).isEqualTo(0.75);
    assertThat(events.precision()).isEqualTo(1);
    assertThat(events.f1()).isCloseTo(6 / 7.0, within(1e-12));
  }

  @Test
  void aSoundOfThreeSensorsIsNeitherAskedForNorWrong() {
    List<FoundEvent> events = new ArrayList<>(allRight());
    events.add(right(FAINT));
    assertThat(judge(events).events().whole().f1()).isEqualTo(1);
    assertThat(judge(events).events().found()).hasSize(4);
    assertThat(judge(events).everyLocated().whole().recall()).isEqualTo(1);
    assertThat(judge(allRight()).everyLocated().whole().recall()).isEqualTo(0.8);
  }

  @Test
  void anEventOfFourChancePicksIsWrongAndOneOfThreeOnlyAmongAll() {
    List<FoundEvent> events = new ArrayList<>(allRight());
    events.add(event("chance", GLASS, 0, List.of("w", "x", "y", "z")));
    assertThat(judge(events).events().whole().precision()).isEqualTo(0.8);
    events.set(4, event("chance", GLASS, 0, List.of("w", "x", "y")));
    assertThat(judge(events).events().whole().precision()).isEqualTo(1);
    assertThat(judge(events).everyLocated().whole().precision()).isEqualTo(0.8);
  }

  @Test
  void farOffInPlaceOrTimeOrWithForeignPicksIsNotFound() {
    assertThat(judge(List.of(event("e", GLASS, 101, ids(GLASS, 5)))).events().found())
        .noneMatch(Tally.Scored::right);
    assertThat(judge(List.of(event("e", GLASS, 99, ids(GLASS, 5)))).events().found())
        .allMatch(Tally.Scored::right);
    List<String> half = new ArrayList<>(ids(GLASS, 2));
    half.addAll(List.of("x", "y"));
    assertThat(judge(List.of(event("e", GLASS, 0, half))).events().found())
        .noneMatch(Tally.Scored::right);
    Sound late = sound("g", "pair", Kind.DISTRESS, "glass_shatter", 1.1, 0, 5);
    assertThat(judge(List.of(event("e", late, 0, ids(GLASS, 5)))).events().found())
        .noneMatch(Tally.Scored::right);
  }

  @Test
  void halvesOfASoundAreASplitAndTheSecondIsWrong() {
    Judgement judged =
        judge(
            List.of(
                event("one", DECOY_CRY, 0, ids(DECOY_CRY, 4)),
                event("two", DECOY_CRY, 0, List.of("dc4", "dc5", "dc0", "dc1"))));
    assertThat(judged.splits()).isEqualTo(1);
    assertThat(judged.events().found()).filteredOn(s -> !s.right()).hasSize(1);
  }

  @Test
  void twoSoundsInOneEventAreAMerge() {
    List<String> both = new ArrayList<>(ids(GLASS, 5));
    both.addAll(ids(CRY, 3));
    assertThat(judge(List.of(event("both", GLASS, 0, both))).merges()).isEqualTo(1);
    assertThat(judge(List.of(right(GLASS))).merges()).isZero();
  }

  @Test
  void picksOfABurstAreNobodysFault() {
    assertThat(judge(List.of(right(BANG))).events().found()).isEmpty();
  }

  @Test
  void anEllipseCoversAlongItsMajorAxisAndNotAcross() {
    assertThat(judge(List.of(event("e", GLASS, 19, ids(GLASS, 5)))).fixes())
        .singleElement()
        .satisfies(
            fix -> {
              assertThat(fix.covered()).isTrue();
              assertThat(fix.errorMetres()).isCloseTo(19, within(0.01));
            });
    assertThat(judge(List.of(event("e", GLASS, 21, ids(GLASS, 5)))).fixes())
        .noneMatch(Judgement.Fix::covered);
    FoundEvent turned =
        new FoundEvent("e", "glass_shatter", T0, 52.5, 13.4001, true, 20, 5, 0, 1, ids(GLASS, 5));
    assertThat(judge(List.of(turned)).fixes()).noneMatch(Judgement.Fix::covered);
  }

  @Test
  void anAlertForAPairIsRightOnceAndItsLatencyRunsFromTheCry() {
    Judgement judged =
        judge(alert(0.9, null, GLASS, GLASS, CRY), alert(0.8, null, GLASS, GLASS, CRY));
    assertThat(judged.distress().found()).filteredOn(Tally.Scored::right).hasSize(1);
    assertThat(judged.falseAlerts()).isEqualTo(1);
    assertThat(judged.latencySeconds()).containsExactly(2.0);
  }

  @Test
  void theLatencyOfAnAlertThatTookAnothersPlaceRunsToTheOnesFirstWordIfThatWasRight() {
    FoundAlert late = alert(0.9, null, GLASS, GLASS, CRY);
    assertThat(judge(replacing(late, firstWord(GLASS, 90, GLASS, CRY))).latencySeconds())
        .containsExactly(1.0);
  }

  @Test
  void theFirstWordOfOneThatWasWrongIsNoWordInTime() {
    FoundAlert late = alert(0.9, null, GLASS, GLASS, CRY);
    FoundAlert.FirstWord elsewhere = firstWord(GLASS, 130, GLASS, CRY);
    FoundAlert.FirstWord ofOneSound = firstWord(GLASS, 0, GLASS);
    FoundAlert.FirstWord ofOthers = firstWord(GLASS, 0, DECOY_GLASS, DECOY_CRY);
    assertThat(judge(replacing(late, elsewhere, ofOneSound, ofOthers)).latencySeconds())
        .containsExactly(2.0);
  }

  @Test
  void aPairsOwnSoundsElsewhereAreMisplacedAndAllOtherFalseAlertsAreChance() {
    FoundAlert elsewhere = alert(0.9, null, DECOY_GLASS, GLASS, CRY);
    FoundAlert right = alert(0.8, null, GLASS, GLASS, CRY);
    FoundAlert twice = alert(0.95, null, GLASS, GLASS, CRY);
    FoundAlert ofOneSound = alert(0.7, null, GLASS, GLASS);
    FoundAlert ofADecoy = alert(0.6, null, DECOY_GLASS, DECOY_GLASS, DECOY_CRY);
    Judgement judged = judge(right, twice, elsewhere, ofOneSound, ofADecoy);
    assertThat(judged.falseAlerts()).isEqualTo(4);
    assertThat(judged.misplaced()).containsExactly(0.95, 0.9);
    Report report = Report.of("S1", 1, Map.of(1L, judged), Map.of());
    assertThat(report.detail().observedMisplacedAlarmRate()).isEqualTo(2 / TRUTH.sensorDays());
    assertThat(report.detail().observedChanceAlarmRate()).isEqualTo(2 / TRUTH.sensorDays());
    assertThat(report.observedFalseAlarmRate()).isEqualTo(4 / TRUTH.sensorDays());
  }

  @Test
  void anAlertForADecoyIsFalseAndFusesIt() {
    Judgement judged = judge(alert(0.9, null, DECOY_GLASS, DECOY_GLASS, DECOY_CRY));
    assertThat(judged.decoysFused()).isEqualTo(1);
    assertThat(judged.decoys()).isEqualTo(1);
    assertThat(judged.falseAlerts()).isEqualTo(1);
  }

  @Test
  void anAlertWithOneOfTheTwoSoundsIsFalse() {
    assertThat(judge(alert(0.9, null, GLASS, GLASS)).falseAlerts()).isEqualTo(1);
  }

  @Test
  void falseAlertsArePredictedByTheWeakestRateOrElseByWhatProbabilitiesLeave() {
    assertThat(
            judge(alert(0.9, 0.2, GLASS, GLASS, CRY), alert(0.8, 0.5, GLASS, GLASS, CRY))
                .predictedFalseAlerts())
        .isEqualTo(0.5);
    assertThat(
            judge(alert(0.9, null, GLASS, GLASS, CRY), alert(0.8, 0.5, GLASS, GLASS, CRY))
                .predictedFalseAlerts())
        .isCloseTo(0.3, within(1e-12));
  }

  @Test
  void theReportJoinsSeeds() {
    Map<Long, Judgement> bySeed = new LinkedHashMap<>();
    bySeed.put(4L, judge(allRight()));
    bySeed.put(5L, judge(allRight().subList(0, 2)));
    Report report = Report.of("S1", 1, bySeed, Map.of("nothing", List.of(judge(List.of()))));
    assertThat(report.recall()).isEqualTo(0.75);
    assertThat(report.seed()).isEqualTo(4);
    assertThat(report.baselines().get("nothing").f1()).isZero();
    assertThat(report.decoysFused()).isZero();
    assertThat(report.latencyMillis().p50()).isNull();
    Bootstrap.Interval recall = report.detail().intervals().get("recall");
    assertThat(recall.low()).isLessThan(0.75);
    assertThat(recall.high()).isEqualTo(1);
  }

  @Test
  void aHigherThresholdTradesRecallForPrecision() {
    Tally tally =
        new Tally(
            List.of(
                new Tally.Scored(1, false), new Tally.Scored(2, true), new Tally.Scored(3, true)),
            1);
    assertThat(tally.at(1).precision()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(tally.at(2).precision()).isEqualTo(1);
    assertThat(tally.at(3).recall()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(tally.curve(2)).extracting(Tally.Point::threshold).containsExactly(1.0, 3.0);
  }

  @Test
  void theCalibrationErrorIsWhatAlertsSayTooMuch() {
    Judgement judged =
        judge(alert(0.95, null, GLASS, GLASS, CRY), alert(0.92, null, GLASS, GLASS, CRY));
    Report report = Report.of("S1", 1, Map.of(1L, judged), Map.of());
    assertThat(report.expectedCalibrationError()).isCloseTo((0.95 + 0.92 - 1) / 2, within(1e-12));
  }
}
