package io.tocsin.stack.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoakSeriesTest {

  private static final double MAY_CHANGE = 5;

  @Test
  void whatRisesOnlyAtTheStartIsFlat() {
    assertThat(series(look -> look < 30 ? 10 * look : 300).flat()).isTrue();
  }

  @Test
  void whatRisesAllTheTimeIsNot() {
    SoakSeries series = series(look -> 100 + look);

    assertThat(series.flat()).isFalse();
    assertThat(series.late() - series.early()).isEqualTo(60);
    assertThat(series.most()).isEqualTo(219);
  }

  @Test
  void aFewPeaksAreNoRise() {
    assertThat(series(look -> look % 10 == 9 ? 500 : 100).flat()).isTrue();
  }

  @Test
  void whatFallsIsFlat() {
    assertThat(series(look -> 500 - look).flat()).isTrue();
  }

  @Test
  void aSmallQuantityMayChangeByWhatItMayInAnyCase() {
    assertThat(series(look -> look < 90 ? 1 : 5.9).flat()).isTrue();
    assertThat(series(look -> look < 90 ? 1 : 6.1).flat()).isFalse();
  }

  @Test
  void aMinuteIsTheMedianOfItsLooks() {
    assertThat(SoakSeries.of("n", "u", 1, List.of(1.0, 9.0, 2.0, 4.0, 4.0, 7.0), 3).everyMinute())
        .containsExactly(2.0, 4.0);
  }

  private static SoakSeries series(IntToDoubleFunction ofLook) {
    return SoakSeries.of(
        "memory",
        "MiB",
        MAY_CHANGE,
        IntStream.range(0, 120).mapToDouble(ofLook).boxed().toList(),
        6);
  }
}
