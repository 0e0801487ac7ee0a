package io.tocsin.jobs.distress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerCellTest {

  private static final long CELL = 0x851f1d4bfffffffL;

  @Test
  void isWrittenAsH3WritesIt() {
    RecordHeaders headers = new RecordHeaders();
    OwnerCell.addTo(headers, CELL);
    assertThat(headers.lastHeader("tocsin-cell").value())
        .isEqualTo("851f1d4bfffffff".getBytes(UTF_8));
    assertThat(OwnerCell.of(headers)).isEqualTo(CELL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "0", "cell", "851f1d4bfffffff00", "-8000000000000000", "８５"})
  void whatIsMalformedIsNone(String value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(OwnerCell.HEADER, value.getBytes(UTF_8));
    assertThat(OwnerCell.of(headers)).isEqualTo(OwnerCell.NONE);
  }

  @Test
  void whatIsMissingIsNone() {
    RecordHeaders headers = new RecordHeaders();
    assertThat(OwnerCell.of(headers)).isEqualTo(OwnerCell.NONE);
    headers.add(OwnerCell.HEADER, null);
    assertThat(OwnerCell.of(headers)).isEqualTo(OwnerCell.NONE);
  }
}
