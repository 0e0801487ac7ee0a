package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.stack.process.TcpPorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
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
  void aProgramsOwnPortsAreFreeAndNoClients() {
    int[] ports = TcpPorts.own(12);
    assertThat(ports).doesNotHaveDuplicates().hasSize(12);
    for (int port : ports) {
      assertThat(port).isBetween(1_024, 32_767);
      assertThat(TcpPorts.isFree(port)).isTrue();
    }
  }

  @Test
  void theHolderOfAPortIsNamedWhereTheSystemTells() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();

      assertThat(TcpPorts.isFree(port)).isFalse();
      if (Files.isReadable(Path.of("/proc/net/tcp"))) {
        assertThat(TcpPorts.holder(Path.of("/proc"), port))
            .hasValueSatisfying(
                holder ->
                    assertThat(holder).endsWith("(process " + ProcessHandle.current().pid() + ")"));
      }
    }
  }

  @Test
  void aPortOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new StackPorts(0, 8081, 8082, 5433))
        .hasMessage("port of kafka is 0; it must be from 1 to 65535");
  }
}
