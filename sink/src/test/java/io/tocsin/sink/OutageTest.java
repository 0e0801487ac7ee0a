package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutageTest {

  @Test
  void waitsDoubleUpToHalfAMinuteAndBeginAnewAfterASuccess() {
    Outage outage = new Outage();
    assertThat(Stream.generate(() -> outage.failed(Samples.NOON)).limit(9).map(Duration::toMillis))
        .containsExactly(250L, 500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
    outage.over();
    assertThat(outage.failed(Samples.NOON)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void anAttemptWaitsUntilItsTime() {
    Outage outage = new Outage();
    assertThat(outage.waitsAt(Samples.NOON)).isFalse();
    outage.failed(Samples.NOON);
    assertThat(outage.waitsAt(Samples.NOON.plusMillis(249))).isTrue();
    assertThat(outage.waitsAt(Samples.NOON.plusMillis(250))).isFalse();
    outage.failed(Samples.NOON);
    outage.over();
    assertThat(outage.waitsAt(Samples.NOON)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"22021", "22P05", "22008", "23502", "54000", "XX000"})
  void theseErrorsAreARecordsFault(String state) {
    assertThat(Faults.isOfData(new RuntimeException(new SQLException("no", state)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "53100", "40P01", "25006", "28P01", "42P01", "XX001"})
  void theseErrorsAreTheDatabasesFault(String state) {
    assertThat(Faults.isOfData(new RuntimeException(new SQLException("no", state)))).isFalse();
    assertThat(Faults.isOfData(new RuntimeException("no database"))).isFalse();
  }
}
