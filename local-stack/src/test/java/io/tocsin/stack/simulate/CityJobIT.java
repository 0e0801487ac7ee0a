package io.tocsin.stack.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.simulator.city.Scenario;
import org.junit.jupiter.api.Test;

/** What the job says over a city, by the clock that picks arrive by. */
class CityJobIT {

  @Test
  void anAlertIsOpenedByAPickThatHasArrived() {
    City city = City.of(CitySettings.of(Scenario.S2, 5, 64, 0.2));
    Findings findings = Findings.of(city, CityJob.run(city, 2), CityJob.LATENESS.toMillis());
    assertThat(findings.alerts())
        .isNotEmpty()
        .allSatisfy(
            alert ->
                assertThat(city.picks())
                    .extracting(HeardPick::arrivedMicros)
                    .contains(alert.openedMicros()));
  }
}
