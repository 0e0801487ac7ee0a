package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StackPortsTest {

  private static final Path NO_PROC = Path.of("/nowhere");

  @Test
  void takenPortsMoveToTheNextFreeOnesAndNoPortIsGivenTwice() {
    StackPorts moved =
        new StackPorts(9092, 8081, 8081, 5433)
            .movedToFree(port -> !Set.of(9092, 9093, 8082).contains(port));

    assertThat(moved).isEqualTo(new StackPorts(9094, 8081, 8083, 5433));
  }

  @Test
  void aTakenPortIsAnErrorThatNamesTheWayOut() {
    assertThatThrownBy(() -> StackPorts.DEFAULTS.requireFree(port -> port != 8082, NO_PROC))
        .isInstanceOf(StackException.class)
        .hasMessage(
            "port 8082 for flink is taken; give another with --flink-port=N or let --free-ports"
                + " choose");
    assertThatCode(() -> StackPorts.DEFAULTS.requireFree(port -> true, NO_PROC))
        .doesNotThrowAnyException();
  }

  @Test
  void aPortOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new StackPorts(0, 8081, 8082, 5433))
        .hasMessage("port of kafka is 0; it must be from 1 to 65535");
  }
}
