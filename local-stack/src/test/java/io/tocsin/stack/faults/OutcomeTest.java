package io.tocsin.stack.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  private static final Outcome REFERENCE =
      new Outcome(List.of("00 glass", "01 glass", "01 cry"), List.of("CLOSED of glass, cry"), 0);

  @Test
  void whatIsTheSameInAnyOrderDiffersByNothing() {
    Outcome other = new Outcome(List.of("01 cry", "00 glass", "01 glass"), REFERENCE.alerts(), 1);

    Outcome.Difference difference = other.from(REFERENCE);

    assertThat(difference.lost()).isEmpty();
    assertThat(difference.duplicated()).isEmpty();
  }

  @Test
  void aRowThatIsMissingIsLost() {
    Outcome other = new Outcome(List.of("00 glass", "01 cry"), List.of(), 0);

    Outcome.Difference difference = other.from(REFERENCE);

    assertThat(difference.lost()).containsExactly("01 glass", "CLOSED of glass, cry");
    assertThat(difference.duplicated()).isEmpty();
  }

  @Test
  void aRowThatIsThereOnceTooOftenIsDuplicated() {
    Outcome other =
        new Outcome(List.of("00 glass", "01 glass", "01 glass", "01 cry"), REFERENCE.alerts(), 0);

    Outcome.Difference difference = other.from(REFERENCE);

    assertThat(difference.lost()).isEmpty();
    assertThat(difference.duplicated()).containsExactly("01 glass");
  }

  @Test
  void aRowThatIsAnotherIsLostAndSurplus() {
    Outcome other = new Outcome(List.of("00 glass", "01 glass", "01 shout"), REFERENCE.alerts(), 0);

    Outcome.Difference difference = other.from(REFERENCE);

    assertThat(difference.lost()).containsExactly("01 cry");
    assertThat(difference.duplicated()).containsExactly("01 shout");
  }
}
