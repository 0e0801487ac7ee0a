package io.tocsin.stack.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.city.City;
import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.Conditions;
import io.tocsin.simulator.city.HeardPick;
import io.tocsin.simulator.city.Scenario;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The job over a city: what it says does not depend on how it runs. */
class CityJobIT {

  private static final CitySettings SMALL = CitySettings.of(Scenario.S2, 5, 64, 0.2);

  private static Findings findings(City city, int parallelism) {
    return Findings.of(city, CityJob.run(city, parallelism), CityJob.LATENESS.toMillis());
  }

  private static List<FoundEvent> events(Findings findings) {
    return findings.events().stream().sorted(Comparator.comparing(FoundEvent::eventId)).toList();
  }

  /** Without the first words, which depend on the order of arrival. */
  private static List<FoundAlert> alerts(Findings findings) {
    return findings.alerts().stream()
        .map(
            a ->
                new FoundAlert(
                    a.alertId(),
                    a.patternId(),
                    a.probability(),
                    a.falseAlarmsPerDay(),
                    a.startedMicros(),
                    null,
                    a.latitudeDegrees(),
                    a.longitudeDegrees(),
                    a.detectionIds(),
                    List.of()))
        .sorted(Comparator.comparing(FoundAlert::alertId))
        .toList();
  }

  @Test
  void anyParallelismFindsTheSame() {
    City city = City.of(SMALL);
    Findings alone = findings(city, 1);
    Findings shared = findings(city, 4);
    assertThat(alone.events()).isNotEmpty();
    assertThat(alone.alerts()).isNotEmpty();
    assertThat(events(shared)).isEqualTo(events(alone));
    assertThat(alerts(shared)).isEqualTo(alerts(alone));
  }

  @Test
  void aKilledWorkerChangesNothing() {
    City city = City.of(SMALL);
    City killed =
        new City(SMALL.with(new Conditions.Faults(true, 0, false)), city.truth(), city.picks());
    Findings undisturbed = findings(city, 2);
    Findings disturbed = findings(killed, 2);
    assertThat(events(disturbed)).isEqualTo(events(undisturbed));
    assertThat(alerts(disturbed)).isEqualTo(alerts(undisturbed));
  }

  @Test
  void anAlertIsOpenedByAPickThatHasArrived() {
    City city = City.of(SMALL);
    assertThat(findings(city, 2).alerts())
        .isNotEmpty()
        .allSatisfy(
            alert ->
                assertThat(city.picks())
                    .extracting(HeardPick::arrivedMicros)
                    .contains(alert.openedMicros()));
  }
}
