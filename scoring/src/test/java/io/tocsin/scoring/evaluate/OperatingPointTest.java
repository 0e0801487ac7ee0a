package io.tocsin.scoring.evaluate;

import static io.tocsin.scoring.evaluate.Sounds.negative;
import static io.tocsin.scoring.evaluate.Sounds.positive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class OperatingPointTest {

  /** A hundred negatives at 0.00 to 0.99, positives at 0.995, 0.985 and 0.5. */
  private static List<Scored> hundred() {
    List<Scored> sounds = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sounds.add(negative(i / 100.0));
    }
    sounds.addAll(List.of(positive(0.995), positive(0.985), positive(0.5)));
    return sounds;
  }

  @Test
  void onePercentOfAHundredLetsOneNegativePass() {
    // 0.99 passes, 0.98 must not: the lowest score between them is the positive at 0.985.
    assertThat(OperatingPoint.atFalsePositiveRate(hundred(), 0.01))
        .isEqualTo(new OperatingPoint(0.985, 2.0 / 3, 0.01));
  }

  @Test
  void fewerNegativesThanTheRateNeedsLetNonePass() {
    assertThat(OperatingPoint.atFalsePositiveRate(hundred(), 0.001))
        .isEqualTo(new OperatingPoint(0.995, 1.0 / 3, 0));
  }

  @Test
  void aNegativeAboveAllPositivesLeavesNothingFound() {
    OperatingPoint point =
        OperatingPoint.atFalsePositiveRate(List.of(negative(0.9), positive(0.9)), 0.01);
    assertThat(point).isNotNull();
    assertThat(point.threshold()).isEqualTo(Math.nextUp(0.9));
    assertThat(point.recall()).isZero();
  }

  @Test
  void withoutPositivesOrNegativesThereIsNoPoint() {
    assertThat(OperatingPoint.atFalsePositiveRate(List.of(positive(1)), 0.01)).isNull();
    assertThat(OperatingPoint.atFalsePositiveRate(List.of(negative(1)), 0.01)).isNull();
    assertThat(OperatingPoint.threshold(List.of(negative(0.2), negative(0.4)), 0.5)).isEqualTo(0.4);
    assertThatThrownBy(() -> OperatingPoint.threshold(List.of(positive(1)), 0.01))
        .hasMessageContaining("no negative");
    assertThatThrownBy(() -> OperatingPoint.threshold(List.of(negative(1)), 1.5))
        .hasMessageContaining("false-positive rate is 1.5");
  }

  @Property(tries = 300)
  void theRateIsKeptAndNoLowerScoreWouldKeepIt(
      @ForAll("sounds") List<Scored> sounds, @ForAll @DoubleRange(min = 0, max = 1) double rate) {
    OperatingPoint point = OperatingPoint.atFalsePositiveRate(sounds, rate);
    if (point == null) {
      return;
    }
    assertThat(point.falsePositiveRate()).isLessThanOrEqualTo(rate + 1e-9);
    sounds.stream()
        .mapToDouble(Scored::score)
        .filter(s -> s < point.threshold())
        .max()
        .ifPresent(
            lower ->
                assertThat(OperatingPoint.at(sounds, lower).falsePositiveRate())
                    .isGreaterThan(rate));
  }

  @Provide
  Arbitrary<List<Scored>> sounds() {
    return Sounds.any();
  }
}
