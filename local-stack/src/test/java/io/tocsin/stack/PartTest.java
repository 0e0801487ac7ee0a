package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.stack.part.Part;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartTest {

  @Test
  void clipsOfAudioAreKeptUnlessTheEnvironmentTurnsThemOff() {
    assertThat(Part.wanted(Map.of())).isEqualTo(Part.ALL);
    assertThat(Part.wanted(Map.of("TOCSIN_EVIDENCE", "on"))).isEqualTo(Part.ALL);
    assertThat(Part.wanted(Map.of("TOCSIN_EVIDENCE", "off")))
        .hasSize(Part.ALL.size() - 1)
        .extracting(Part::name)
        .doesNotContain(Part.EVIDENCE);
    assertThatThrownBy(() -> Part.wanted(Map.of("TOCSIN_EVIDENCE", "0ff")))
        .hasMessage("TOCSIN_EVIDENCE is '0ff'; on or off is allowed");
  }
}
