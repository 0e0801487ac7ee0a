package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FleetTest {

  @Test
  void aSensorsIdTellsItsFleetAndNumber() {
    assertThat(Fleet.Sensor.of(new Fleet(12, 0).sensorId(3))).contains(new Fleet.Sensor(12, 3));
  }

  @Test
  void otherSensorsAreOfNoFleet() {
    assertThat(Fleet.Sensor.of("gate-3")).isEmpty();
  }

  @Test
  void fleetsHearTheSameMilesApart() {
    KnownLoad.Site first = new KnownLoad.Site(52.5, 0.1);

    KnownLoad.Site next = first.of(1);

    assertThat(next.latitudeDegrees()).isEqualTo(first.latitudeDegrees());
    assertThat(next.longitudeDegrees() - first.longitudeDegrees()).isGreaterThan(0.5);
  }
}
