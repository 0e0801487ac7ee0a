package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultTest {

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultIsFoundByTheWordThatTheCommandLineUses(Fault fault) {
    assertThat(Fault.of(fault.word())).isEqualTo(fault);
  }

  @Test
  void anUnknownFaultIsAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> Fault.of("flood"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("flood")
        .hasMessageContaining("frozen-taskmanager");
  }

  @Test
  void aRunWithoutAFaultIsNoFault() {
    assertThat(Fault.all()).doesNotContain(Fault.NONE).hasSize(Fault.values().length - 1);
  }
}
