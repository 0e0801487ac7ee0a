package io.tocsin.scoring.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.scoring.evaluate.GroupBootstrap.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupBootstrapTest {

  private static final GroupBootstrap BOOTSTRAP = new GroupBootstrap(2_000, 0.95, 7);

  private static Double recallAtHalf(List<Scored> sounds) {
    return Ranking.positives(sounds) == 0 ? null : OperatingPoint.at(sounds, 0.5).recall();
  }

  /** Groups of clips of which {@code found} of {@code groups} score high, and as many negatives. */
  private static List<Scored> sounds(int groups, int found, int clips) {
    List<Scored> sounds = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      for (int clip = 0; clip < clips; clip++) {
        sounds.add(new Scored(group < found ? 0.9 : 0.1, true, "p" + group));
        sounds.add(new Scored(0.2, false, "n" + group));
      }
    }
    return sounds;
  }

  @Test
  void theIntervalOfAShareIsNearTheBinomialsOne() {
    // 30 of 50: 0.6 ± 1.96·√(0.6·0.4/50) = 0.464 to 0.736, resampling groups of both kinds.
    Interval interval = BOOTSTRAP.interval(sounds(50, 30, 1), GroupBootstrapTest::recallAtHalf);
    assertThat(interval).isNotNull();
    assertThat(interval.low()).isCloseTo(0.464, within(0.03));
    assertThat(interval.high()).isCloseTo(0.736, within(0.03));
  }

  @Test
  void moreClipsOfTheSameSourcesSayNothingMore() {
    Interval one = BOOTSTRAP.interval(sounds(10, 6, 1), GroupBootstrapTest::recallAtHalf);
    Interval twenty = BOOTSTRAP.interval(sounds(10, 6, 20), GroupBootstrapTest::recallAtHalf);
    assertThat(twenty).isEqualTo(one);
  }

  @Test
  void theOrderOfSoundsDoesNotMatterAndTheSeedDecides() {
    List<Scored> sounds = sounds(12, 5, 3);
    List<Scored> shuffled = new ArrayList<>(sounds);
    java.util.Collections.shuffle(shuffled, new Random(1));
    Interval interval = BOOTSTRAP.interval(sounds, GroupBootstrapTest::recallAtHalf);
    assertThat(BOOTSTRAP.interval(shuffled, GroupBootstrapTest::recallAtHalf)).isEqualTo(interval);
  }

  @Test
  void oneGroupGivesNoInterval() {
    List<Scored> sounds = new ArrayList<>(sounds(1, 1, 20));
    assertThat(BOOTSTRAP.interval(sounds, GroupBootstrapTest::recallAtHalf)).isNull();
  }

  @Test
  void resamplesWithoutAValueDoNotCount() {
    List<Scored> sounds = sounds(2, 1, 1);
    Interval interval = BOOTSTRAP.interval(sounds, Ranking::auc);
    assertThat(interval).isNotNull();
    assertThat(interval.low()).isZero();
    assertThat(interval.high()).isEqualTo(1);
    assertThat(BOOTSTRAP.interval(sounds, s -> null)).isNull();
  }
}
