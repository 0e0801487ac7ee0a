package io.tocsin.stack.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.stack.StackException;
import io.tocsin.stack.bench.cluster.CountedRun.Look;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountedRunTest {

  @Test
  void theSlowStartAndTheEndDoNotCount() {
    List<Look> looks = new ArrayList<>();
    double records = 0;
    double processorNanos = 0;
    for (int second = 1; records < 10_000; second++) {
      // A start at a tenth of the pace, with twice the processor time each.
      double more = records < 1_000 ? 100 : 1_000;
      records += more;
      processorNanos += more * (more < 1_000 ? 400_000 : 200_000);
      looks.add(new Look(second * 1_000_000_000L, records, (long) processorNanos));
    }

    CountedRun run = CountedRun.of(looks, 2);

    assertThat(run.perSecond()).isCloseTo(1_000, within(1e-6));
    assertThat(run.processorMicrosEach()).isCloseTo(200, within(1e-6));
    assertThat(run.taskManagers()).isEqualTo(2);
  }

  @Test
  void aRunThatIsOverAtOnceIsNoMeasurement() {
    List<Look> looks = List.of(new Look(0, 500, 0), new Look(1_000, 1_000, 10));
    assertThatThrownBy(() -> CountedRun.of(looks, 1))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("ask for more records");
  }
}
