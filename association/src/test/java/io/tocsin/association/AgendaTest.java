package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {

  private final Agenda<String> agenda = new Agenda<>(250);

  private List<String> due(long micros) {
    List<String> due = new ArrayList<>();
    agenda.due(micros, due);
    return due;
  }

  @Test
  void whatIsDueIsTakenOffTheEarliestFirst() {
    agenda.add(900, "late");
    agenda.add(100, "early");
    agenda.add(120, "as early");
    agenda.add(400, "between");
    assertThat(agenda.nextMicros()).isEqualTo(250);
    assertThat(due(249)).isEmpty();
    assertThat(due(500)).containsExactly("early", "as early", "between");
    assertThat(agenda.nextMicros()).isEqualTo(1_000);
    agenda.add(-600, "long ago");
    assertThat(agenda.nextMicros()).isEqualTo(-500);
    assertThat(due(Long.MAX_VALUE)).containsExactly("long ago", "late");
  }

  @Test
  void withNothingToLookAtTheNextTimeIsTheEndOfTime() {
    assertThat(agenda.nextMicros()).isEqualTo(Long.MAX_VALUE);
    assertThat(due(Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void whatIsAddedOnTheHourIsLookedAtAfterIt() {
    agenda.add(250, "then");
    assertThat(agenda.nextMicros()).isEqualTo(500);
  }
}
