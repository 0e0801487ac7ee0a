package io.tocsin.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's broker on a free port of this machine. */
final class Mosquitto implements AutoCloseable {

  private static final String PROGRAM = "/usr/sbin/mosquitto";

  private final Path folder;
  private final int port;
  private Process process;

  private Mosquitto(Path folder, int port, String access) throws IOException {
    this.folder = folder;
    this.port = port;
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        """
        listener %d 127.0.0.1
        %s
        persistence true
        persistence_location %s/
        log_dest file %s/mosquitto.log
        user root
        """
            .formatted(port, access, folder, folder));
    this.process = begin();
  }

  static Mosquitto start(Path folder) throws IOException {
    assumeTrue(
        Files.isExecutable(Path.of(PROGRAM)),
        "mosquitto is not installed; apt-get install --no-install-recommends mosquitto");
    return new Mosquitto(folder, freePort(), "allow_anonymous true");
  }

  /** One that speaks TLS, with a certificate of its own, and lets only {@code user} in. */
  static Mosquitto secured(Path folder, String user, String password) throws Exception {
    for (String program : List.of(PROGRAM, "/usr/bin/mosquitto_passwd", "/usr/bin/openssl")) {
      assumeTrue(
          Files.isExecutable(Path.of(program)),
          program + " is not there; apt-get install --no-install-recommends mosquitto openssl");
    }
    run(
        folder,
        "/usr/bin/openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1");
    run(folder, "/usr/bin/mosquitto_passwd", "-b", "-c", "passwords", user, password);
    return new Mosquitto(
        folder,
        freePort(),
        """
        allow_anonymous false
        password_file %1$s/passwords
        certfile %1$s/ca.pem
        keyfile %1$s/key.pem"""
            .formatted(folder));
  }

  private static void run(Path folder, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("setup.log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("setup.log"))).isZero();
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
