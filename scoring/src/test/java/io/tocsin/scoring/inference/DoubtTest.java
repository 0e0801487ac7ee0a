package io.tocsin.scoring.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.SecondOpinionSpec;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DoubtTest {

  private static final long ANY_KEY = 7;

  @Test
  void aWindowIsInDoubtWhereItsBestLabelLiesInTheBand() {
    Doubt doubt = doubt(0.25, 0.75, 0);
    assertThat(doubt.concerns(scores(0.5f, 0.1f), ANY_KEY)).isTrue();
    assertThat(doubt.concerns(scores(0.25f, 0), ANY_KEY)).as("the band's low end").isTrue();
    assertThat(doubt.concerns(scores(0, 0.75f), ANY_KEY)).as("the band's high end").isTrue();
    assertThat(doubt.concerns(scores(0.2f, 0.1f), ANY_KEY)).isFalse();
    assertThat(doubt.concerns(scores(0.5f, 0.9f), ANY_KEY)).as("sure of one label").isFalse();
  }

  @Test
  void backgroundOutputsDoNotCount() {
    assertThat(doubt(0.25, 0.75, 0).concerns(new float[] {0.1f, 0.5f, 0.1f}, ANY_KEY)).isFalse();
  }

  @Test
  void theSampleIsTheShareItSaysAndDependsOnTheKeyAlone() {
    Doubt doubt = doubt(1, 1, 0.01);
    int sampled = 0;
    for (int window = 0; window < 100_000; window++) {
      long key =
          SecondOpinion.key("sensor-" + window % 50, 1_700_000_000_000_000L + window * 487_500L);
      boolean wanted = doubt.concerns(scores(0, 0), key);
      assertThat(doubt.concerns(scores(0.9f, 0.3f), key)).isEqualTo(wanted);
      sampled += wanted ? 1 : 0;
    }
    // Binomial: 1,000 with a standard deviation of 31.
    assertThat(sampled).isBetween(850, 1_150);
  }

  @Test
  void noneAndAllCanBeSampled() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      long key = random.nextLong();
      assertThat(doubt(1, 1, 0).concerns(scores(0, 0), key)).isFalse();
      assertThat(doubt(1, 1, 1).concerns(scores(0, 0), key)).isTrue();
    }
  }

  @Test
  void aKeyIsTheSameInEveryProcess() {
    // Fixed figures: a restart must sample the same windows.
    assertThat(SecondOpinion.key("north", 1_700_000_000_000_000L))
        .isEqualTo(SecondOpinion.key("nor" + "th", 1_700_000_000_000_000L))
        .isNotEqualTo(SecondOpinion.key("south", 1_700_000_000_000_000L))
        .isNotEqualTo(SecondOpinion.key("north", 1_700_000_000_000_001L));
    // From the published SplitMix64: the first number of seed 0.
    assertThat(Doubt.mixed(0)).isEqualTo(0xE220A8397B1DCDAFL);
  }

  private static Doubt doubt(double low, double high, double sample) {
    return new Doubt(new SecondOpinionSpec(Path.of("second"), low, high, sample), new int[] {0, 2});
  }

  private static float[] scores(float firstLabel, float secondLabel) {
    return new float[] {firstLabel, 0.5f, secondLabel};
  }
}
