package io.tocsin.edge.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.edge.check.Finding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockTest {

  private long wallMicros = 1_777_636_800_000_000L;
  private long nanos = 5;

  @Test
  void chronyTellsDisciplineAndTheLargestError() {
    ClockDiscipline clock =
        ClockDiscipline.ofChrony(
                "A29FC87B,ntp1.example.org,3,1777636800.123,-0.000012,0.00001,0.00002,-12.3,0.01,"
                    + "0.05,0.004,0.001,64.2,Normal\n")
            .orElseThrow();
    assertThat(clock)
        .isEqualTo(new ClockDiscipline(true, 3_012, "chrony, reference ntp1.example.org"));
    assertThat(clock.finding(true, 10_000).state()).isEqualTo(Finding.State.FINE);
    assertThat(clock.finding(true, 500).words()).contains("--clock-uncertainty-micros=1004");
    ClockDiscipline lost =
        ClockDiscipline.ofChrony("7F7F0101,,0,0,0,0,0,0,0,0,1,1,0,Not synchronised").orElseThrow();
    assertThat(lost.finding(true, 500).line()).startsWith("WRONG").contains("--clock=FREE");
    assertThat(lost.finding(false, 500).state()).isEqualTo(Finding.State.DOUBTFUL);
    assertThat(ClockDiscipline.ofChrony("506 Cannot talk to daemon")).isEmpty();
  }

  @Test
  void timedatectlTellsDisciplineAlone() {
    assertThat(ClockDiscipline.ofTimedatectl("yes\n"))
        .contains(new ClockDiscipline(true, -1, "timedatectl"));
    assertThat(ClockDiscipline.ofTimedatectl("no\n"))
        .contains(new ClockDiscipline(false, -1, "timedatectl"));
    assertThat(ClockDiscipline.ofTimedatectl("\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ntp1.example.org, Normal, NTP, 1004",
    "GPS, Normal, GPS, 1004",
    "PPS, Normal, GPS, 1004",
    "PHC0, Normal, PTP, 1004",
    "GPS, Not synchronised, FREE, 1000000"
  })
  void framesStateWhatChronyGoesByAndAThirdOfItsLargestError(
      String reference, String leap, ClockSource source, long micros) {
    assertThat(
            ClockDiscipline.ofChrony(
                    "A29FC87B,%s,3,1777636800.123,-0.000012,0,0,0,0,0.05,0.004,0.001,64.2,%s"
                        .formatted(reference, leap))
                .orElseThrow()
                .clock())
        .isEqualTo(new Clock(source, micros));
  }

  @Test
  void aClockThatIsSetByWhoKnowsHowWellIsStatedWide() {
    assertThat(ClockDiscipline.ofTimedatectl("yes").orElseThrow().clock())
        .isEqualTo(new Clock(ClockSource.NTP, 50_000L));
    assertThat(ClockDiscipline.ofTimedatectl("no").orElseThrow().clock())
        .isEqualTo(new Clock(ClockSource.FREE, 1_000_000L));
  }

  private CaptureClock clock() {
    return new CaptureClock(ClockDiscipline.FREE, () -> wallMicros, () -> nanos);
  }

  private void pass(long micros) {
    wallMicros += micros;
    nanos += micros * 1_000;
  }

  @Test
  void aStepIsNoticedOnceAndASlewIsNone() {
    try (CaptureClock clock = clock()) {
      for (int i = 0; i < 100; i++) {
        pass(1_000_000);
        wallMicros += 500;
        assertThat(clock.read()).isEqualTo(new CaptureClock.Reading(wallMicros, 0));
      }
      pass(1_000_000);
      wallMicros -= 300_000;
      assertThat(clock.read().steps()).isEqualTo(1);
      pass(1_000_000);
      assertThat(clock.read()).isEqualTo(new CaptureClock.Reading(wallMicros, 1));
    }
  }

  @Test
  void aLookThatWasInterruptedTellsOfNoStep() {
    long[] late = {0};
    CaptureClock clock =
        new CaptureClock(
            ClockDiscipline.FREE,
            () -> {
              nanos += late[0];
              return wallMicros;
            },
            () -> nanos);
    try (clock) {
      late[0] = 400_000_000;
      assertThat(clock.read().steps()).isZero();
    }
  }

  @Test
  void whatDisciplinesTheClockIsReadAgain() {
    try (CaptureClock clock = clock()) {
      clock.refresh(() -> Optional.of(new ClockDiscipline(true, 3_000, "chrony, reference PPS")));
      assertThat(clock.clock()).isEqualTo(new Clock(ClockSource.GPS, 1_000L));
      clock.refresh(Optional::empty);
      assertThat(clock.clock()).isEqualTo(ClockDiscipline.FREE);
    }
  }
}
