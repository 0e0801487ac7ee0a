package io.tocsin.scoring.evaluate;

import static io.tocsin.scoring.evaluate.Sounds.negative;
import static io.tocsin.scoring.evaluate.Sounds.positive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RankingTest {

  /** By hand: pairs (0.9: 3 won), (0.6: 2 won of 3), (0.5 against 0.5: half, 0.1 won): 6.5 of 9. */
  private static final List<Scored> MIXED =
      List.of(
          positive(0.9), negative(0.8), positive(0.6), positive(0.5), negative(0.5), negative(0.1));

  @Test
  void theAreaIsTheShareOfPairsInOrderWithTiesCountingHalf() {
    assertThat(Ranking.auc(MIXED)).isCloseTo((3 + 2 + 1.5) / 9, within(1e-12));
  }

  @Test
  void averagePrecisionWeighsPrecisionByTheRecallItAdds() {
    // Precision 1/1 at 0.9, 2/3 at 0.6, 3/5 at 0.5 (where a negative ties), a third of recall each.
    assertThat(Ranking.averagePrecision(MIXED))
        .isCloseTo((1 + 2.0 / 3 + 3.0 / 5) / 3, within(1e-12));
  }

  @Test
  void perfectAndReversedOrdersAreOneAndZero() {
    List<Scored> perfect = List.of(positive(0.3), positive(0.2), negative(0.1), negative(0));
    List<Scored> reversed = List.of(negative(0.3), negative(0.2), positive(0.1), positive(0));
    assertThat(Ranking.auc(perfect)).isEqualTo(1);
    assertThat(Ranking.auc(reversed)).isZero();
    assertThat(Ranking.averagePrecision(perfect)).isEqualTo(1);
    // Precision 1/3 and 2/4.
    assertThat(Ranking.averagePrecision(reversed)).isCloseTo((1.0 / 3 + 0.5) / 2, within(1e-12));
  }

  @Test
  void withoutPositivesOrNegativesThereIsNoArea() {
    assertThat(Ranking.auc(List.of())).isNull();
    assertThat(Ranking.auc(List.of(positive(1)))).isNull();
    assertThat(Ranking.auc(List.of(negative(1)))).isNull();
    assertThat(Ranking.averagePrecision(List.of(negative(1)))).isNull();
    assertThat(Ranking.averagePrecision(List.of(positive(1)))).isEqualTo(1);
  }

  @Test
  void aScoreThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> positive(Double.NaN)).hasMessageContaining("score is NaN");
  }

  @Property(tries = 200)
  void theAreaAgreesWithCountingAllPairs(@ForAll("sounds") List<Scored> sounds) {
    double won = 0;
    int pairs = 0;
    for (Scored p : sounds) {
      for (Scored n : sounds) {
        if (p.positive() && !n.positive()) {
          pairs++;
          won += p.score() > n.score() ? 1 : p.score() == n.score() ? 0.5 : 0;
        }
      }
    }
    if (pairs == 0) {
      assertThat(Ranking.auc(sounds)).isNull();
    } else {
      assertThat(Ranking.auc(sounds)).isCloseTo(won / pairs, within(1e-12));
    }
  }

  @Property(tries = 200)
  void anyRisingChangeOfScoresChangesNothing(@ForAll("sounds") List<Scored> sounds) {
    List<Scored> bent =
        sounds.stream()
            .map(s -> new Scored(Math.exp(3 * s.score()), s.positive(), s.group()))
            .toList();
    assertThat(Ranking.auc(bent)).isEqualTo(Ranking.auc(sounds));
    assertThat(Ranking.averagePrecision(bent)).isEqualTo(Ranking.averagePrecision(sounds));
  }

  @Provide
  Arbitrary<List<Scored>> sounds() {
    return Sounds.any();
  }
}
