package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecoveryTest {

  private static final Map<String, Long> REFERENCE =
      Map.of("before", 5_000_000L, "during", 11_000_000L, "after", 25_000_000L);

  @Test
  void aFaultThatMakesNothingLateIsNotFelt() {
    assertThat(Recovery.seconds(REFERENCE, REFERENCE, 10_000_000)).isZero();
  }

  @Test
  void itIsFeltUntilTheLastRowThatItMadeLateIsThere() {
    Map<String, Long> seen =
        Map.of("before", 5_000_000L, "during", 22_500_000L, "after", 26_000_000L);

    assertThat(Recovery.seconds(REFERENCE, seen, 10_000_000)).isEqualTo(12.5);
  }

  @Test
  void whatWasLateBeforeTheFaultAndWhatNobodyExpectedCountForNothing() {
    Map<String, Long> seen = Map.of("before", 9_000_000L, "unknown", 60_000_000L);

    assertThat(Recovery.seconds(REFERENCE, seen, 10_000_000)).isZero();
  }
}
