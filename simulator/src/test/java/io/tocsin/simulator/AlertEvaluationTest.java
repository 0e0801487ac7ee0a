package io.tocsin.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.simulator.AlertEvaluation.RaisedAlert;
import io.tocsin.simulator.AlertEvaluation.Result;
import io.tocsin.simulator.SceneTruth.Distress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertEvaluationTest {

  /** A degree of latitude at 52.5 north on the WGS 84 ellipsoid is 111 277 m. */
  private static final double METRES_PER_DEGREE = 111_277;

  private static final double LATITUDE = 52.5;
  private static final double LONGITUDE = 13.4;

  /** Two pairs, a minute and a kilometre apart. */
  private static final SceneTruth TWO_PAIRS =
      new SceneTruth(
          120,
          List.of(),
          List.of(),
          List.of(
              new Distress("pair-1", 10, 13, LATITUDE, LONGITUDE),
              new Distress("pair-2", 70, 74, north(1_000), LONGITUDE)));

  @Test
  void everyPairFoundOnceIsPerfect() {
    Result result =
        AlertEvaluation.evaluate(
            TWO_PAIRS, List.of(alert("b", 71, north(1_020)), alert("a", 10, north(5))));
    assertThat(result.matches())
        .extracting(m -> m.truth().incident() + m.alert().alertId())
        .containsExactlyInAnyOrder("pair-1a", "pair-2b");
    assertThat(result.missed()).isEmpty();
    assertThat(result.duplicates()).isEmpty();
    assertThat(result.falseAlarms()).isEmpty();
    assertThat(result.precision()).isEqualTo(1);
    assertThat(result.recall()).isEqualTo(1);
  }

  @Test
  void theErrorIsMetresFromTheTruePlace() {
    Result result = AlertEvaluation.evaluate(TWO_PAIRS, List.of(alert("a", 10, north(55))));
    assertThat(result.matches().get(0).errorMetres()).isCloseTo(55, within(0.1));
  }

  @Test
  void aPairThatNobodyFoundIsMissed() {
    Result result = AlertEvaluation.evaluate(TWO_PAIRS, List.of(alert("a", 10, LATITUDE)));
    assertThat(result.missed()).extracting(Distress::incident).containsExactly("pair-2");
    assertThat(result.recall()).isEqualTo(0.5);
    assertThat(result.precision()).isEqualTo(1);
  }

  @Test
  void anAlertForADecoyIsAFalseAlarm() {
    RaisedAlert decoy = alert("d", 40, LATITUDE);
    Result result = AlertEvaluation.evaluate(TWO_PAIRS, List.of(decoy, alert("a", 10, LATITUDE)));
    assertThat(result.falseAlarms()).containsExactly(decoy);
    assertThat(result.precision()).isEqualTo(0.5);
    assertThat(result.recall()).isEqualTo(0.5);
  }

  @Test
  void aSecondAlertForAPairIsADuplicateAndTheCloserOneCounts() {
    RaisedAlert second = alert("second", 11, north(40));
    Result result =
        AlertEvaluation.evaluate(TWO_PAIRS, List.of(second, alert("first", 10, north(3))));
    assertThat(result.matches()).extracting(m -> m.alert().alertId()).containsExactly("first");
    assertThat(result.duplicates()).containsExactly(second);
    assertThat(result.falseAlarms()).isEmpty();
    assertThat(result.precision()).isEqualTo(0.5);
    assertThat(result.recall()).isEqualTo(0.5);
  }

  @Test
  void anAlertFindsOnePairOnlyThoughTwoAreNear() {
    SceneTruth close =
        new SceneTruth(
            60,
            List.of(),
            List.of(),
            List.of(
                new Distress("pair-1", 10, 13, LATITUDE, LONGITUDE),
                new Distress("pair-2", 12, 15, north(50), LONGITUDE)));
    Result result = AlertEvaluation.evaluate(close, List.of(alert("a", 12, north(40))));
    assertThat(result.matches()).extracting(m -> m.truth().incident()).containsExactly("pair-2");
    assertThat(result.missed()).extracting(Distress::incident).containsExactly("pair-1");
    assertThat(result.precision()).isEqualTo(1);
  }

  @Test
  void anAlertTooFarOrTooEarlyOrTooLateFindsNothing() {
    List<RaisedAlert> beside =
        List.of(
            alert("far", 10, north(101)),
            alert("early", 4.9, LATITUDE),
            alert("late", 18.1, LATITUDE));
    assertThat(AlertEvaluation.evaluate(TWO_PAIRS, beside).falseAlarms()).isEqualTo(beside);
    List<RaisedAlert> within =
        List.of(
            alert("far", 10, north(99)),
            alert("early", 5.1, LATITUDE),
            alert("late", 17.9, LATITUDE));
    assertThat(AlertEvaluation.evaluate(TWO_PAIRS, within).falseAlarms()).isEmpty();
  }

  @Test
  void silenceWherePairsWereRecallsNothingAndSilenceWhereNoneWereIsPerfect() {
    Result deaf = AlertEvaluation.evaluate(TWO_PAIRS, List.of());
    assertThat(deaf.recall()).isZero();
    assertThat(deaf.precision()).isEqualTo(1);
    assertThat(deaf.missed()).hasSize(2);
    SceneTruth calm = new SceneTruth(60, List.of(), List.of(), List.of());
    assertThat(AlertEvaluation.evaluate(calm, List.of()).recall()).isEqualTo(1);
    assertThat(AlertEvaluation.evaluate(calm, List.of(alert("a", 1, LATITUDE))).precision())
        .isZero();
  }

  @Test
  void quantilesLieBetweenTheirNeighbours() {
    double[] values = {40, 10, 30, 20};
    assertThat(AlertEvaluation.quantile(values, 0)).isEqualTo(10);
    assertThat(AlertEvaluation.quantile(values, 0.5)).isEqualTo(25);
    assertThat(AlertEvaluation.quantile(values, 0.9)).isCloseTo(37, within(1e-9));
    assertThat(AlertEvaluation.quantile(values, 1)).isEqualTo(40);
    assertThat(values).containsExactly(40, 10, 30, 20);
    assertThat(AlertEvaluation.quantile(new double[0], 0.5)).isNaN();
  }

  private static double north(double metres) {
    return LATITUDE + metres / METRES_PER_DEGREE;
  }

  private static RaisedAlert alert(String id, double atSeconds, double latitude) {
    return new RaisedAlert(id, atSeconds, latitude, LONGITUDE, 20, 0.9, 0, "");
  }
}
