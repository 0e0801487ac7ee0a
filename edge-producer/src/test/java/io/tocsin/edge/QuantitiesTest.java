package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({"1048576, 1048576", "2GB, 2000000000", "16 MiB, 16777216", "3kib, 3072", "0B, 0"})
  void sizesHaveDecimalOrBinaryUnits(String text, long bytes) {
    assertThat(Quantities.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GB", "1 apple", "-1MB", "1.5GB"})
  void whatIsNoSizeIsNamed(String text) {
    assertThatThrownBy(() -> Quantities.bytes(text)).hasMessageContaining("'" + text + "'");
  }

  @Test
  void moreBytesThanCanBeCountedAreRefused() {
    assertThatThrownBy(() -> Quantities.bytes("999999999TiB")).hasMessageContaining("999999999TiB");
  }

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "30s, PT30S", "12h, PT12H", "7d, PT168H", "PT36H, PT36H"})
  void durationsHaveUnitsOrAreIso(String text, Duration duration) {
    assertThat(Quantities.duration(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7 weeks", "-3s"})
  void whatIsNoDurationIsNamed(String text) {
    assertThatThrownBy(() -> Quantities.duration(text)).hasMessageContaining("'" + text + "'");
  }
}
