package io.tocsin.stack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TcpPortsTest {

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
  void noPortIsGivenTwice() {
    int moreThanABlock = 50;
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < moreThanABlock; i++) {
      for (int port : TcpPorts.own(1)) {
        assertThat(given.add(port)).as("port %d", port).isTrue();
      }
    }
  }

  @Test
  void programsThatBeginToLookAtTheSamePlaceGetDifferentPorts() throws Exception {
    int ours = TcpPorts.own(1)[0];
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OwnPort.class.getName(),
                Integer.toString((ours - TcpPorts.FIRST_OWN) / TcpPorts.BLOCK))
            .redirectErrorStream(true)
            .start();
    String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(other.waitFor()).as(said).isZero();
    assertThat(said).matches("\\d+").isNotEqualTo(Integer.toString(ours));
  }

  /** Prints a port of its own, of the first block that is free from the given one on. */
  static final class OwnPort {

    private OwnPort() {}

    public static void main(String[] arguments) {
      System.out.println(TcpPorts.own(1, Long.parseLong(arguments[0]))[0]);
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
}
