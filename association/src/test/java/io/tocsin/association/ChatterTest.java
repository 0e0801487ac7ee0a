package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChatterTest {

  private static final long NOTHING = Long.MIN_VALUE;

  private static Chatter of(List<Long> epochs, List<Integer> counts) {
    return new Chatter(7, epochs, counts);
  }

  @Test
  void anotherPickOfAnEpochIsCountedThere() {
    Chatter known = of(List.of(3L, 5L), List.of(1, 2));
    assertThat(known.counting(5L, NOTHING)).isEqualTo(of(List.of(3L, 5L), List.of(1, 3)));
    assertThat(known.counting(3L, NOTHING)).isEqualTo(of(List.of(3L, 5L), List.of(2, 2)));
    assertThat(known).isEqualTo(of(List.of(3L, 5L), List.of(1, 2)));
  }

  @Test
  void epochsStayInTheirOrder() {
    Chatter known = of(List.of(3L, 5L), List.of(1, 2));
    assertThat(known.counting(9L, NOTHING)).isEqualTo(of(List.of(3L, 5L, 9L), List.of(1, 2, 1)));
    assertThat(known.counting(4L, NOTHING)).isEqualTo(of(List.of(3L, 4L, 5L), List.of(1, 1, 2)));
    assertThat(known.counting(1L, NOTHING)).isEqualTo(of(List.of(1L, 3L, 5L), List.of(1, 1, 2)));
  }

  @Test
  void whatIsForgottenIsLeftOut() {
    Chatter known = of(List.of(3L, 5L), List.of(1, 2));
    assertThat(known.counting(5L, 3)).isEqualTo(of(List.of(5L), List.of(3)));
    assertThat(known.counting(20L, 5)).isEqualTo(of(List.of(20L), List.of(1)));
  }

  @Test
  void countsLikeASortedMap() {
    Random random = new Random(11);
    TreeMap<Long, Integer> expected = new TreeMap<>(Map.of(50L, 1));
    Chatter known = of(List.of(50L), List.of(1));
    for (int i = 0; i < 2_000; i++) {
      long epoch = i / 20 + random.nextInt(15);
      long forgotten = epoch - 12;
      known = known.counting(epoch, forgotten);
      expected.headMap(forgotten, true).clear();
      expected.merge(epoch, 1, Integer::sum);
      assertThat(known.epochs()).isEqualTo(List.copyOf(expected.keySet()));
      assertThat(known.counts()).isEqualTo(List.copyOf(expected.values()));
    }
  }
}
