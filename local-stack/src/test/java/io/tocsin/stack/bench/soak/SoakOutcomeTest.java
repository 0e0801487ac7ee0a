package io.tocsin.stack.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.stack.bench.soak.SoakOutcome.Round;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SoakOutcomeTest {

  private static final List<String> USUAL = List.of("00 glass at 5 to 9", "03 cry at 7 to 20");

  private final SoakLoad load = new SoakLoad(2, 0, 7_800, 49, 5);
  private final Map<Round, TreeSet<String>> heard = new HashMap<>();
  private final Map<Round, Integer> standing = new HashMap<>();

  SoakOutcomeTest() {
    for (int fleet = 0; fleet < 2; fleet++) {
      for (long round = 0; round < 5; round++) {
        heard.put(new Round(fleet, round), new TreeSet<>(USUAL));
        standing.put(new Round(fleet, round), 2);
      }
    }
  }

  @Test
  void roundsThatAreAllAlikeAreAllRight() {
    assertThat(outcome()).isEqualTo(new SoakOutcome(20, 2, 6, 0, 20, 2, 0, 1));
  }

  @Test
  void aLostAndAFurtherAndAMovedDetectionEachMakeARoundUnlikeTheOthers() {
    heard.get(new Round(0, 1)).remove(USUAL.get(0));
    heard.get(new Round(0, 2)).add("04 cry at 8 to 20");
    heard.put(new Round(1, 3), new TreeSet<>(List.of(USUAL.get(0), "03 cry at 8 to 20")));

    assertThat(outcome().roundsUnlike()).isEqualTo(3);
    assertThat(outcome().detectionsOfRound()).isEqualTo(2);
  }

  @Test
  void aRoundWithoutAnythingIsUnlikeTheOthers() {
    heard.remove(new Round(1, 2));
    standing.remove(new Round(1, 2));

    assertThat(outcome().roundsUnlike()).isEqualTo(1);
    assertThat(outcome().roundsOfOtherAlerts()).isEqualTo(1);
  }

  @Test
  void theFirstAndTheLastRoundDoNotCount() {
    heard.remove(new Round(0, 0));
    heard.remove(new Round(1, 4));

    assertThat(outcome().roundsUnlike()).isZero();
    assertThat(outcome().rounds()).isEqualTo(6);
  }

  private SoakOutcome outcome() {
    return SoakOutcome.of(load, heard, standing, 20, 1);
  }
}
