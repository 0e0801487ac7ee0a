package io.tocsin.simulator.city.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.Scenario;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Judgement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simpler ways are as good as they can be where things are simple: they are no straw men. */
class BaselineTest {

  private static Judgement judged(Baseline baseline, Scenario scenario) {
    City city = City.of(CitySettings.of(scenario, 3, 100, 1));
    Baseline.Found found = baseline.find(city);
    return Evaluation.judge(city.truth(), found.alerts(), found.events());
  }

  @ParameterizedTest
  @EnumSource(
      value = Baseline.class,
      names = {"DBSCAN", "GRID_STACK"})
  void waysThatLocateFindNearlyEverythingInACleanCity(Baseline baseline) {
    Judgement judged = judged(baseline, Scenario.S1);
    assertThat(judged.events().whole().f1()).isGreaterThan(0.85);
    assertThat(judged.distress().whole().f1()).isGreaterThan(0.8);
  }

  @Test
  void anyTwoWithinReachFindsPairsWhereThereIsNothingElse() {
    assertThat(judged(Baseline.ANY_TWO_WITHIN_REACH, Scenario.S1).distress().whole().recall())
        .isGreaterThan(0.4);
  }

  @Test
  void anyTwoWithinReachRaisesFalseAlertsInNoise() {
    assertThat(judged(Baseline.ANY_TWO_WITHIN_REACH, Scenario.S2).falseAlerts())
        .isGreaterThan(judged(Baseline.ANY_TWO_WITHIN_REACH, Scenario.S1).falseAlerts());
  }

  @Test
  void aSensorAloneRaisesSeveralAlertsForOnePair() {
    Judgement judged = judged(Baseline.SAME_SENSOR_WINDOW, Scenario.S1);
    assertThat(judged.distress().whole().recall()).isGreaterThan(0.3);
    assertThat(judged.distress().whole().precision()).isLessThan(0.5);
  }
}
