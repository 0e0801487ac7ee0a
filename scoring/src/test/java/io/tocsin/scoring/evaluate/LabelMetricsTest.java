package io.tocsin.scoring.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.scoring.evaluate.Confusion.Other;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class LabelMetricsTest {

  private static final GroupBootstrap FEW = new GroupBootstrap(50, 0.95, 1);

  private static List<Scored> sounds(int positives, int positiveGroups) {
    List<Scored> sounds = new ArrayList<>();
    for (int i = 0; i < positives; i++) {
      sounds.add(new Scored(0.6 + 0.01 * i, true, "p" + i % positiveGroups));
    }
    for (int i = 0; i < 200; i++) {
      sounds.add(new Scored(i / 300.0, false, "n" + i));
    }
    return sounds;
  }

  @Test
  void everyFigureIsThere() {
    LabelMetrics metrics = LabelMetrics.of(sounds(10, 4), DoubleUnaryOperator.identity(), FEW);
    assertThat(metrics.n()).isEqualTo(10);
    assertThat(metrics.negatives()).isEqualTo(200);
    assertThat(metrics.groups()).isEqualTo(4);
    // The two highest negatives may pass: 0.66 and 0.6633; so 0.66 and above are found: 4 of 10.
    assertThat(metrics.recallAt1pct()).isCloseTo(0.4, within(1e-12));
    assertThat(metrics.recallAt01pct()).isCloseTo(0.3, within(1e-12));
    assertThat(metrics.auc()).isEqualTo(Ranking.auc(sounds(10, 4)));
    assertThat(metrics.calibrationError()).isPositive();
    assertThat(metrics.aucInterval()).isNotNull();
    assertThat(metrics.recallAt1pctInterval()).isNotNull();
    assertThat(metrics.reason()).isNull();
  }

  @Test
  void aLabelWithoutClipsSaysSo() {
    LabelMetrics metrics = LabelMetrics.of(sounds(0, 1), DoubleUnaryOperator.identity(), FEW);
    assertThat(metrics.reason()).isEqualTo("no clip of this label");
    assertThat(metrics.auc()).isNull();
    assertThat(metrics.averagePrecision()).isNull();
    assertThat(metrics.recallAt1pct()).isNull();
    assertThat(metrics.recallAt1pctInterval()).isNull();
  }

  @Test
  void aLabelOfOneSourceHasFiguresButNoInterval() {
    LabelMetrics metrics = LabelMetrics.of(sounds(5, 1), DoubleUnaryOperator.identity(), FEW);
    assertThat(metrics.auc()).isNotNull();
    assertThat(metrics.recallAt1pctInterval()).isNull();
    assertThat(metrics.reason()).contains("share one source group");
  }

  @Test
  void theHardestConfusionsComeFirst() {
    List<Confusion> hardest =
        Confusion.hardest(
            List.of(
                new Other("dog", 0.9),
                new Other("rain", 0.2),
                new Other("dog", 0.1),
                new Other("cat", 0.6),
                new Other("wind", 0.3)),
            0.5,
            3);
    assertThat(hardest)
        .containsExactly(
            new Confusion("dog", 2, 1, 0.9),
            new Confusion("cat", 1, 1, 0.6),
            new Confusion("wind", 1, 0, 0.3));
    assertThat(hardest.get(0).share()).isEqualTo(0.5);
  }
}
