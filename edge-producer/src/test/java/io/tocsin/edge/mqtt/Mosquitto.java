package io.tocsin.edge.mqtt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's broker on a free port of this machine. */
final class Mosquitto implements AutoCloseable {

  private static final String PROGRAM = "/usr/sbin/mosquitto";

  private final Path folder;
  private final int port;
  private Process process;

  private Mosquitto(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        """
        listener %d 127.0.0.1
        allow_anonymous true
        persistence true
        persistence_location %s/
        log_dest file %s/mosquitto.log
        user root
        """
            .formatted(port, folder, folder));
    this.process = begin();
  }

  static Mosquitto start(Path folder) throws IOException {
    assumeTrue(
        Stream.of(PROGRAM).map(Path::of).allMatch(Files::isExecutable),
        "mosquitto is not installed; apt-get install --no-install-recommends mosquitto");
    return new Mosquitto(folder, freePort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private Process begin() throws IOException {
    Process started =
        new ProcessBuilder(PROGRAM, "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
              } catch (IOException e) {
                return false;
              }
            });
    return started;
  }

  int port() {
    return port;
  }

  String address() {
    return "mqtt://127.0.0.1:" + port;
  }

  /** Ends it; it keeps its sessions and their messages. */
  void stop() {
    process.destroy();
    process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
  }

  void startAgain() throws IOException {
    process = begin();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
