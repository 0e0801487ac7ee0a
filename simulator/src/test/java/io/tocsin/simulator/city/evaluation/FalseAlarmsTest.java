package io.tocsin.simulator.city.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.simulator.city.evaluation.ChanceAlerts.ChanceAlert;
import io.tocsin.simulator.city.evaluation.Tally.Scored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FalseAlarmsTest {

  /** Of the false ones below, that at 0.95. */
  private static final List<Double> MISPLACED = List.of(0.95);

  private static Judgement judged(
      List<Scored> alerts, int missed, double sensorDays, @Nullable ChanceAlerts chance) {
    int wrong = (int) alerts.stream().filter(a -> !a.right()).count();
    return new Judgement(
        20,
        alerts.size(),
        Tally.NONE,
        Tally.NONE,
        new Tally(alerts, missed),
        List.of(),
        Map.of(),
        0,
        0,
        List.of(),
        wrong,
        MISPLACED,
        0,
        0,
        0.7,
        sensorDays,
        chance);
  }

  /** Ten true ones from 0.90 to 0.99, false ones at 0.5, 0.905 and 0.95. */
  private static List<Scored> alerts() {
    List<Scored> alerts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      alerts.add(new Scored(0.90 + i / 100.0, true));
    }
    alerts.add(new Scored(0.5, false));
    alerts.add(new Scored(0.905, false));
    alerts.add(new Scored(0.95, false));
    return alerts;
  }

  private static ChanceAlerts chance(double... probabilities) {
    List<ChanceAlert> found = new ArrayList<>();
    for (double probability : probabilities) {
      found.add(new ChanceAlert(probability, 1));
    }
    return new ChanceAlerts(found, 10, 200);
  }

  @Test
  void bothRatesAreThoseOfTheThresholdThatNineTenthsReach() {
    Report report =
        Report.of(
            "S2", 1, Map.of(1L, judged(alerts(), 0, 20, chance(0.4, 0.6, 0.92, 0.99))), Map.of());
    FalseAlarms slid = report.detail().falseAlarms();
    assertThat(slid).isNotNull();
    assertThat(slid.atRecall().threshold()).isCloseTo(0.91, within(1e-12));
    assertThat(slid.atRecall().recall()).isCloseTo(0.9, within(1e-12));
    assertThat(report.observedFalseAlarmRate()).isEqualTo(1 / 20.0);
    assertThat(report.detail().observedChanceAlarmRate()).isZero();
    assertThat(report.detail().observedMisplacedAlarmRate()).isEqualTo(1 / 20.0);
    assertThat(report.predictedFalseAlarmRate()).isEqualTo(2 / 200.0);
    assertThat(report.falseAlertsPerSensorDay()).isEqualTo(3 / 20.0);
    assertThat(slid.byThreshold().get(0))
        .satisfies(
            lowest -> {
              assertThat(lowest.threshold()).isEqualTo(0.4);
              assertThat(lowest.predictedAlerts()).isEqualTo(4);
              assertThat(lowest.observedAlerts()).isEqualTo(3);
              assertThat(lowest.predictedBySounds()).containsExactly(0L, 4L, 0L);
            });
  }

  @Test
  void whereLessIsFoundTheThresholdIsTheLowestThatWasSaid() {
    Report report =
        Report.of("S2", 1, Map.of(1L, judged(alerts(), 5, 20, chance(0.4, 0.6))), Map.of());
    assertThat(report.detail().falseAlarms())
        .satisfies(slid -> assertThat(slid.atRecall().threshold()).isEqualTo(0.5));
    assertThat(report.observedFalseAlarmRate()).isEqualTo(3 / 20.0);
    assertThat(report.predictedFalseAlarmRate()).isEqualTo(1 / 200.0);
  }

  @Test
  void runsAreAddedUp() {
    Map<Long, Judgement> bySeed = new LinkedHashMap<>();
    bySeed.put(1L, judged(alerts(), 0, 20, chance(0.95)));
    bySeed.put(2L, judged(alerts(), 0, 20, chance(0.2)));
    FalseAlarms slid = Report.of("S2", 1, bySeed, Map.of()).detail().falseAlarms();
    assertThat(slid).isNotNull();
    assertThat(slid.sensorDays()).isEqualTo(40);
    assertThat(slid.slidSensorDays()).isEqualTo(400);
    assertThat(slid.atRecall().observedAlerts()).isEqualTo(2);
    assertThat(slid.atRecall().predictedAlerts()).isEqualTo(1);
  }

  @Test
  void withoutSlidesTheAlertsOwnWordsPredict() {
    Report report = Report.of("S2", 1, Map.of(1L, judged(alerts(), 0, 20, null)), Map.of());
    assertThat(report.detail().falseAlarms()).isNull();
    assertThat(report.predictedFalseAlarmRate()).isCloseTo(0.7 / 20, within(1e-12));
    assertThat(report.observedFalseAlarmRate()).isEqualTo(3 / 20.0);
  }

  @Test
  void intervalsAreThoseOfTheTables() {
    assertThat(PoissonInterval.rate(0, 1).low()).isZero();
    assertThat(PoissonInterval.rate(0, 1).high()).isCloseTo(3.689, within(1e-3));
    assertThat(PoissonInterval.rate(10, 2).low()).isCloseTo(4.795 / 2, within(1e-3));
    assertThat(PoissonInterval.rate(10, 2).high()).isCloseTo(18.390 / 2, within(1e-3));
  }
}
