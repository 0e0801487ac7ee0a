package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.stack.faults.FaultsReport.Repetition;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsReportTest {

  private static final Repetition CLEAN = repetition(1, List.of(), List.of(), 4);

  @Test
  void theJsonHasWhatWasLostAndHowLongItTook() {
    JsonNode fault =
        new ObjectMapper()
            .<JsonNode>valueToTree(
                report(List.of(CLEAN, repetition(2, List.of("x"), List.of(), 6))))
            .path("faults")
            .path(0);

    assertThat(fault.path("name").asText()).isEqualTo("frozen-broker");
    assertThat(fault.path("repetitions").asInt()).isEqualTo(2);
    assertThat(fault.path("lost").asInt()).isEqualTo(1);
    assertThat(fault.path("duplicated").asInt()).isZero();
    assertThat(fault.path("recoverySeconds").path("p50").asDouble()).isEqualTo(5);
    assertThat(fault.path("recoverySeconds").path("p95").asDouble()).isEqualTo(5.9);
  }

  @Test
  void itHoldsOnlyWhereNothingIsLostAndNothingIsThereTwice() {
    assertThat(report(List.of(CLEAN)).holds()).isTrue();
    assertThat(report(List.of(CLEAN, repetition(2, List.of("x"), List.of(), 1))).holds()).isFalse();
    assertThat(report(List.of(CLEAN, repetition(2, List.of(), List.of("x"), 1))).holds()).isFalse();
  }

  @Test
  void peopleReadWhichRowIsLostOfWhichFleet() {
    List<String> lines = report(List.of(repetition(7, List.of("a row"), List.of(), 1))).lines();

    assertThat(lines.get(0)).contains("fault", "lost", "duplicated", "recovery p50 s");
    assertThat(lines).contains("frozen-broker, fleet 7: lost: a row");
  }

  private static FaultsReport report(List<Repetition> repetitions) {
    return new FaultsReport(
        8,
        30,
        new FaultsReport.Reference(480, 60, 2),
        List.of(FaultsReport.Entry.of(Fault.FROZEN_BROKER, repetitions)),
        List.of(),
        List.of(),
        100);
  }

  private static Repetition repetition(
      int fleet, List<String> lost, List<String> duplicated, double seconds) {
    return new Repetition(fleet, new Outcome.Difference(lost, duplicated), seconds, 0, 0, 0);
  }
}
