package io.tocsin.schema.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.progress.Progress.State;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
  private final Progress progress = new Progress("worker-0", Duration.ofSeconds(90), nanos::get);

  private void pass(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  private State state() {
    return progress.read().state();
  }

  @Test
  void whatGetsDoneOrHasNothingToDoIsWell() {
    for (int i = 0; i < 10; i++) {
      pass(60);
      progress.made();
      assertThat(state()).isEqualTo(State.WORKING);
    }
    assertThat(progress.read().reason()).isEmpty();
  }

  @Test
  void whatWaitsTooLongIsStuckAndSaysWhyButIsAlive() {
    progress.made();
    for (int i = 0; i < 9; i++) {
      pass(10);
      progress.waits("100 records: no database");
      assertThat(state()).isEqualTo(State.WAITING);
    }
    pass(1);

    Progress.Reading stuck = progress.read();
    assertThat(stuck.state()).isEqualTo(State.STUCK);
    assertThat(stuck.isWell()).isFalse();
    assertThat(stuck.isAlive()).isTrue();
    assertThat(stuck.sinceProgress()).isEqualTo(Duration.ofSeconds(91));
    assertThat(stuck.reason()).isEqualTo("nothing was done for 91 s: 100 records: no database");

    progress.made();
    assertThat(state()).isEqualTo(State.WORKING);
  }

  @Test
  void whatMakesNoRoundIsHungWhateverItSaidLast() {
    progress.made();
    pass(91);
    assertThat(progress.read())
        .isEqualTo(
            new Progress.Reading(
                "worker-0", State.HUNG, Duration.ofSeconds(91), "no round was made for 91 s"));

    progress.waits("no database");
    pass(91);
    assertThat(progress.read().isAlive()).isFalse();
    assertThat(progress.read().reason()).endsWith("before that: no database");
  }

  @Test
  void whatNeverBeginsIsToldSo() {
    assertThat(state()).isEqualTo(State.STARTING);
    assertThat(progress.read().isWell()).isFalse();
    assertThat(progress.read().isAlive()).isTrue();
    pass(91);
    assertThat(progress.read().reason()).contains("it has not begun yet");
    assertThat(progress.read().isWell()).isFalse();
  }
}
