package io.tocsin.scoring.evaluate;

import static io.tocsin.scoring.evaluate.Sounds.negative;
import static io.tocsin.scoring.evaluate.Sounds.positive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.scoring.bundle.LabelSpec.Calibration;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Isotonic;
import io.tocsin.scoring.bundle.LabelSpec.Calibration.Platt;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CalibrationFitTest {

  @Test
  void violatorsArePooled() {
    // Two of each: targets 3/4 and 1/4. 0.2 (+) violates 0.3 (−): pooled to a half.
    Calibration fit =
        CalibrationFit.ISOTONIC.fit(
            List.of(negative(0.1), positive(0.2), negative(0.3), positive(0.4)));
    assertThat(fit)
        .isEqualTo(new Isotonic(List.of(0.1, 0.2, 0.3, 0.4), List.of(0.25, 0.5, 0.5, 0.75)));
  }

  @Test
  void equalScoresGetOneProbability() {
    // 0.3 three times, + + −: (0.8 + 0.8 + 1/3) / 3, with three positives and one negative.
    Calibration fit =
        CalibrationFit.ISOTONIC.fit(
            List.of(positive(0.3), positive(0.3), negative(0.3), positive(0.9)));
    assertThat(fit.probability(0.3)).isCloseTo((1.6 + 1.0 / 3) / 3, within(1e-12));
    assertThat(fit.probability(0.9)).isCloseTo(0.8, within(1e-12));
  }

  @Property(tries = 200)
  void pooledProbabilitiesKeepTheShareOfPositives(@ForAll("sounds") List<Scored> sounds) {
    long positives = Ranking.positives(sounds);
    long negatives = sounds.size() - positives;
    Assume.that(positives > 0 && negatives > 0);
    Calibration fit = CalibrationFit.ISOTONIC.fit(sounds);
    double wanted = positives * (positives + 1.0) / (positives + 2) + negatives / (negatives + 2.0);
    assertThat(sounds.stream().mapToDouble(s -> fit.probability(s.score())).sum())
        .isCloseTo(wanted, within(1e-9));
  }

  @Test
  void aLogisticCurveIsFoundAgain() {
    Platt truth = new Platt(1.7, -0.8);
    Random random = new Random(3);
    List<Scored> sounds = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      double score = random.nextDouble();
      sounds.add(new Scored(score, random.nextDouble() < truth.probability(score), "g" + i));
    }
    Platt fit = (Platt) CalibrationFit.PLATT.fit(sounds);
    assertThat(fit.a()).isCloseTo(1.7, within(0.1));
    assertThat(fit.b()).isCloseTo(-0.8, within(0.06));
    assertThat(CalibrationFit.ISOTONIC.fit(sounds).probability(0.6))
        .isCloseTo(truth.probability(0.6), within(0.05));
  }

  @Test
  void twoKindsOfScoreAreCalibratedExactly() {
    // Shares 3/5 of targets 6/7, 1/8... at 0.9 and at 0.2: two points, two parameters, no residual.
    List<Scored> sounds = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      sounds.add(new Scored(0.9, i < 8, "a" + i));
      sounds.add(new Scored(0.2, i < 2, "b" + i));
    }
    Calibration fit = CalibrationFit.PLATT.fit(sounds);
    double t = 11.0 / 12;
    double f = 1.0 / 12;
    assertThat(fit.probability(0.9)).isCloseTo((8 * t + 2 * f) / 10, within(1e-6));
    assertThat(fit.probability(0.2)).isCloseTo((2 * t + 8 * f) / 10, within(1e-6));
  }

  @Test
  void separatedSoundsGiveNoCertainty() {
    List<Scored> sounds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sounds.add(negative(0));
      sounds.add(positive(1));
    }
    for (CalibrationFit kind : CalibrationFit.values()) {
      Calibration fit = kind.fit(sounds);
      assertThat(fit.probability(1)).as(kind.name()).isCloseTo(0.9, within(1e-4));
      assertThat(fit.probability(0)).as(kind.name()).isCloseTo(0.1, within(1e-4));
    }
  }

  @Test
  void aScoreThatFallsFromNegativesToPositivesHasNoLogisticCurve() {
    assertThatThrownBy(
            () -> CalibrationFit.PLATT.fit(List.of(negative(0.9), positive(0.1), positive(0.2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not rise");
  }

  @ParameterizedTest
  @EnumSource
  void oneKindOfSoundGivesNoCalibration(CalibrationFit kind) {
    assertThatThrownBy(() -> kind.fit(List.of(positive(0.5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 positives and 0 negatives");
  }

  @Test
  void theExpectedErrorIsTheGapOfEachBinWeightedByItsSounds() {
    // Bin 0.9-1: mean 0.95, half positive, 2 sounds. Bin 0.1-0.2: 0.15, none positive, 1 sound.
    assertThat(CalibrationError.expected(List.of(positive(0.95), negative(0.95), negative(0.15))))
        .isCloseTo((2 * 0.45 + 0.15) / 3, within(1e-12));
    assertThat(CalibrationError.expected(List.of(positive(1), negative(0)))).isZero();
    assertThat(CalibrationError.expected(List.of())).isNull();
    assertThatThrownBy(() -> CalibrationError.expected(List.of(positive(1.2))))
        .hasMessageContaining("probability is 1.2");
  }

  @Provide
  Arbitrary<List<Scored>> sounds() {
    return Sounds.any();
  }
}
