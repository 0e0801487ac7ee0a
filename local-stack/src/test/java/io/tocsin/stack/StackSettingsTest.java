package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackSettingsTest {

  @Test
  void theStateLiesBelowTheHomeUnderTheName() {
    assertThat(StackSettings.forOneUse(Path.of("/srv/x/../tocsin"), "demo").stateDir())
        .isEqualTo(Path.of("/srv/tocsin/.tocsin/demo"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "Up", "-x"})
  void aNameThatIsNoSafeFolderNameIsRefused(String name) {
    assertThatThrownBy(() -> StackSettings.lasting(Path.of("/srv"), name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + name + "'");
  }
}
