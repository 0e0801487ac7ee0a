package io.tocsin.stack.bench.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveryReportTest {

  @Test
  void quantilesAreThoseOfAllRepetitionsTogether() {
    DeliveryReport.Mode mode =
        DeliveryReport.Mode.of(
            new JobRun.Delivery(true, Duration.ofMillis(1_500)),
            List.of(millis(100, 1, 2), millis(1, 900, 0)));

    assertThat(mode.delivery()).isEqualTo("exactly once");
    assertThat(mode.checkpointSeconds()).isEqualTo(1.5);
    assertThat(mode.detections()).isEqualTo(101);
    assertThat(mode.missing()).isEqualTo(2);
    assertThat(mode.p50Millis()).isEqualTo(51);
    assertThat(mode.p99Millis()).isEqualTo(100);
    assertThat(mode.repetitions())
        .containsExactly(
            new DeliveryReport.Repetition(51, 100), new DeliveryReport.Repetition(900, 900));
  }

  /** So many, from {@code first} ms on, one ms apart; told in no order. */
  private static OpenLoop.Sample millis(int count, double first, int missing) {
    List<Double> falling = IntStream.range(0, count).mapToObj(i -> first + count - 1 - i).toList();
    return new OpenLoop.Sample(List.of(), falling, missing);
  }
}
