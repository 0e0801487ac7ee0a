package io.tocsin.stack.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SoakLoadTest {

  private static final long START = 1_700_000_000_000_000L;

  /** Twenty-four seconds at 16 kHz in hops of 7,800 samples. */
  private final SoakLoad load = SoakLoad.lasting(60, 5, START, 7_800, 384_000);

  @Test
  void aRoundIsAWholeNumberOfHops() {
    assertThat(load.framesOfRound()).isEqualTo(49);
    assertThat(load.roundMicros()).isEqualTo(23_887_500);
  }

  @Test
  void itLastsAtLeastAsLongAsAsked() {
    assertThat(load.rounds()).isEqualTo(3);
    assertThat(load.frames()).isEqualTo(147);
  }

  @Test
  void theFleetsAreSpreadOverTheRound() {
    assertThat(load.fleet(0).startMicros()).isEqualTo(START);
    for (int fleet = 1; fleet < 5; fleet++) {
      assertThat(load.fleet(fleet).startMicros() - load.fleet(fleet - 1).startMicros())
          .isBetween(
              load.roundMicros() / 5 - load.frameMicros(),
              load.roundMicros() / 5 + load.frameMicros());
    }
    assertThat(load.fleet(4).startMicros() - START).isLessThan(load.roundMicros());
  }

  @Test
  void itIsReadAsItIsWritten() {
    assertThat(SoakLoad.read(load.arguments())).isEqualTo(load);
  }
}
