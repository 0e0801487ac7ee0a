package io.tocsin.stack.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.stack.MissingPrerequisiteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkImpairmentTest {

  private static final int PATIENCE_MILLIS = 20_000;
  private static final int SHORT_MILLIS = 500;

  private ServerSocket server;
  private Socket client;
  private Socket served;
  private @Nullable NetworkImpairment impairment;

  @BeforeEach
  void connect() throws Exception {
    assumeTrue(
        NetworkImpairment.isPossible(), "cutting a network needs root, iptables and tc's htb");
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    client = new Socket(server.getInetAddress(), server.getLocalPort());
    served = server.accept();
    client.setSoTimeout(PATIENCE_MILLIS);
  }

  @AfterEach
  void mendAndHangUp() throws IOException {
    if (impairment != null) {
      impairment.close();
    }
    if (server != null) {
      client.close();
      served.close();
      server.close();
    }
  }

  private List<Integer> port() {
    return List.of(server.getLocalPort());
  }

  @Test
  void aCutConnectionIsSilentAndGoesOnWhenItIsMended() throws Exception {
    impairment = NetworkImpairment.cut(port());
    served.getOutputStream().write(1);
    client.setSoTimeout(SHORT_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    impairment.close();
    client.setSoTimeout(PATIENCE_MILLIS);
    assertThat(client.getInputStream().read()).isEqualTo(1);
  }

  @Test
  void aSlowConnectionLosesNothing() throws Exception {
    byte[] sent = new byte[400_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }
    impairment = NetworkImpairment.slow(port(), 8_000_000, 0.05);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                served.getOutputStream().write(sent);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    byte[] got = client.getInputStream().readNBytes(sent.length);
    writing.join();
    assertThat(got).isEqualTo(sent);
  }

  @Test
  void oneSlowLineAtATime() throws Exception {
    impairment = NetworkImpairment.slow(port(), 8_000_000, 0);
    assertThatThrownBy(() -> NetworkImpairment.slow(port(), 8_000_000, 0))
        .isInstanceOf(MissingPrerequisiteException.class)
        .hasMessageContaining("tc qdisc add dev lo root")
        .hasMessageContaining("--faults");
    impairment.close();
    impairment = NetworkImpairment.slow(port(), 8_000_000, 0);
    served.getOutputStream().write(2);
    assertThat(client.getInputStream().read()).isEqualTo(2);
  }
}
