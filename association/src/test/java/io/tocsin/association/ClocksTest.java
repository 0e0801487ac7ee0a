package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClocksTest {

  private static final long T0 = 1_777_636_800_000_000L;
  private static final long WITHIN_MICROS = 140_000_000;
  private static final long LATER = T0 + WITHIN_MICROS + 3 * Clocks.EPOCH_MICROS;
  private static final double VARIANCE = 1e-4;

  private final Clocks clocks = clocks();

  private static Clocks clocks() {
    Clocks clocks = new Clocks();
    clocks.learnsWithin(WITHIN_MICROS);
    return clocks;
  }

  /** What is known of a clock: seconds ahead, and the variance of that. */
  private record Known(double ahead, double variance) {}

  private static Arrival arrival(String sensor, long onset, long clockMicros) {
    GeoPoint place = new GeoPoint(52.5, 13.4);
    Pick pick =
        new Pick(sensor + onset, sensor, place, "glass", 0.9, onset, 5_000, onset, clockMicros);
    return new Arrival(pick, new SiteIndex(place), Settings.DEFAULT);
  }

  private static Known known(Clocks clocks, String sensor, long at) {
    double[] ahead = new double[1];
    double[] variance = new double[1];
    clocks.estimate(List.of(arrival(sensor, at, 10_000)), at, ahead, variance);
    return new Known(ahead[0], variance[0]);
  }

  private void learn(String sensor, double... readings) {
    for (int i = 0; i < readings.length; i++) {
      clocks.learn(arrival(sensor, T0 + i * 1_000_000L, 10_000), readings[i], VARIANCE);
    }
  }

  @Test
  void theMoreReadingsAgreeTheMoreTheyAreBelieved() {
    assertThat(known(clocks, "a", LATER)).isEqualTo(new Known(0, VARIANCE));
    learn("a", 0.012, 0.012);
    learn("b", 0.012, 0.012, 0.012, 0.012, 0.012, 0.012, 0.012, 0.012, 0.012, 0.012);
    Known two = known(clocks, "a", LATER);
    Known ten = known(clocks, "b", LATER);
    assertThat(two.ahead()).isBetween(0.002, 0.008);
    assertThat(ten.ahead()).isBetween(two.ahead(), 0.012);
    assertThat(ten.ahead()).isGreaterThan(0.008);
    assertThat(two.variance()).isBetween(ten.variance(), VARIANCE);
  }

  @Test
  void readingsThatScatterAreNotBelieved() {
    double[] readings = new double[40];
    for (int i = 0; i < readings.length; i++) {
      readings[i] = 0.012 + (i % 2 == 0 ? 0.02 : -0.02);
    }
    learn("a", readings);
    assertThat(known(clocks, "a", LATER).ahead()).isCloseTo(0, within(0.004));
    assertThat(known(clocks, "a", LATER).variance()).isGreaterThan(0.8 * VARIANCE);
  }

  @Test
  void theOrderOfSoundsDoesNotMatterToTheLastBit() {
    Random random = new Random(5);
    List<Double> readings = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      readings.add(random.nextGaussian() * 0.01);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < readings.size(); i++) {
      order.add(i);
    }
    Clocks first = clocks();
    Clocks second = clocks();
    order.forEach(i -> learn(first, readings, i));
    Collections.shuffle(order, random);
    order.forEach(i -> learn(second, readings, i));
    assertThat(known(second, "a", LATER)).isEqualTo(known(first, "a", LATER));
    long sensor = Background.sensor("a");
    assertThat(second.learned.get(sensor)).isEqualTo(first.learned.get(sensor));
  }

  private static void learn(Clocks clocks, List<Double> readings, int i) {
    Arrival arrival = arrival("a", T0 + i * 20_000_000L, 10_000);
    clocks.learn(arrival, readings.get(i), VARIANCE * (1 + i % 3));
  }

  @Test
  void soundsThatMayNotBeSettledYetDoNotCount() {
    learn("a", 0.012, 0.012, 0.012);
    assertThat(known(clocks, "a", T0 + WITHIN_MICROS).ahead()).isZero();
    assertThat(known(clocks, "a", LATER).ahead()).isPositive();
  }

  @Test
  void aClockThatIsStatedToBeGoodIsBelieved() {
    Arrival good = arrival("a", LATER, 1_000);
    assertThat(Clocks.isDoubted(good)).isFalse();
    learn("a", 0.012, 0.012, 0.012);
    double[] ahead = new double[1];
    double[] variance = new double[1];
    clocks.estimate(List.of(good), LATER, ahead, variance);
    assertThat(ahead[0]).isZero();
    assertThat(variance[0]).isEqualTo(good.clockVariance);
  }

  @Test
  void whatIsOldIsForgottenAndWhatWasKeptIsKnownAgain() {
    learn("a", 0.012, 0.012, 0.012);
    long sensor = Background.sensor("a");
    Clocks restored = clocks();
    restored.restore(Objects.requireNonNull(clocks.learned.get(sensor)));
    assertThat(known(restored, "a", LATER)).isEqualTo(known(clocks, "a", LATER));
    assertThat(clocks.learned.touched()).containsExactly(sensor);
    clocks.learned.saved();
    long end = clocks.endMicros();
    assertThat(end).isGreaterThan(LATER);
    assertThat(known(clocks, "a", end)).isEqualTo(new Known(0, VARIANCE));
    clocks.forgetBefore(end);
    assertThat(clocks.learned.isEmpty()).isTrue();
    assertThat(clocks.learned.touched()).containsExactly(sensor);
    assertThat(clocks.learned.get(sensor)).isNull();
  }
}
