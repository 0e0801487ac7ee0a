package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FalseAlarmCurveTest {

  @Test
  void countsWhatIsAtLeastAsProbable() {
    FalseAlarmCurve curve = FalseAlarmCurve.of("p", List.of(0.9, 0.6, 0.7, 0.7, 0.6, 0.6), 100);
    assertThat(curve.alertsFrom(0.5)).isEqualTo(6);
    assertThat(curve.alertsFrom(0.6)).isEqualTo(6);
    assertThat(curve.alertsFrom(0.61)).isEqualTo(3);
    assertThat(curve.alertsFrom(0.7)).isEqualTo(3);
    assertThat(curve.alertsFrom(0.9)).isEqualTo(1);
    assertThat(curve.alertsFrom(0.91)).isZero();
    assertThat(curve.perSensorDay(0.6)).isCloseTo(0.06, within(1e-12));
  }

  @Test
  void whereNoneWasSeenTheRateIsWhatItIsAtTheMost() {
    FalseAlarmCurve curve = FalseAlarmCurve.of("p", List.of(), 1_000);
    // With a mean of 2.303 none is seen in one of ten such times.
    assertThat(Math.exp(-1_000 * curve.perSensorDay(0.5))).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void aSurerAlertIsNeverSaidToBeMoreOftenWrong() {
    Random random = new Random(3);
    List<Double> seen = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      seen.add(random.nextDouble());
    }
    FalseAlarmCurve curve = FalseAlarmCurve.of("p", seen, 7);
    assertThat(curve.steps()).hasSizeLessThan(600);
    double before = Double.MAX_VALUE;
    for (double p = 0; p <= 1; p += 0.0005) {
      double at = p;
      assertThat(curve.perSensorDay(at)).isLessThanOrEqualTo(before);
      before = curve.perSensorDay(at);
      long truly = seen.stream().filter(s -> s >= at).count();
      assertThat((double) curve.alertsFrom(at)).isBetween(0.979 * truly, (double) truly);
    }
    assertThat(curve.alertsFrom(0)).isEqualTo(50_000);
  }

  @Test
  void nothingListenedToIsRefused() {
    assertThatThrownBy(() -> FalseAlarmCurve.of("p", List.of(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0 sensor-days");
  }
}
