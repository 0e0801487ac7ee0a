package io.tocsin.edge.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.edge.TocsinSensor;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sensor in a process of its own, and a datagram socket in systemd's place. */
class ServiceNoticesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int BYTES_PER_SECOND = 32_000;

  /** Prints each datagram in a line; file descriptors that come along are closed. */
  private static final String RECEIVER =
      """
      import array, os, socket, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      s.bind(sys.argv[1])
      while True:
          data, ancillary, flags, sender = s.recvmsg(65536, socket.CMSG_SPACE(64))
          for level, kind, fds in ancillary:
              for fd in array.array('i', fds):
                  os.close(fd)
          print(data.decode().replace(chr(10), ' '), flush=True)
      """;

  @TempDir private Path folder;
  private Path heard;
  private Path socket;
  private Process receiver;
  private Process sensor;
  private int port;

  @BeforeEach
  void listen() throws Exception {
    for (String program : List.of("/usr/bin/systemd-notify", "/usr/bin/python3")) {
      assumeTrue(
          Files.exists(Path.of(program)),
          program + " is not there; apt-get install --no-install-recommends systemd python3");
    }
    heard = Files.createFile(folder.resolve("heard"));
    socket = folder.resolve("socket");
    receiver =
        new ProcessBuilder("/usr/bin/python3", "-c", RECEIVER, socket.toString())
            .redirectOutput(heard.toFile())
            .redirectError(folder.resolve("receiver.log").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> Files.exists(socket));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    ProcessBuilder builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                TocsinSensor.class.getName(),
                "--sensor-id=gate-3",
                "--lat=52.5",
                "--lon=13.4",
                "--frame-millis=100",
                "--stall-after=2s",
                "--health=127.0.0.1:" + port,
                "--spool=" + folder.resolve("spool"),
                "--bootstrap-servers=127.0.0.1:1",
                "--registry-url=http://127.0.0.1:1",
                "-")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("sensor.log").toFile());
    builder.environment().put("NOTIFY_SOCKET", socket.toString());
    builder.environment().put("WATCHDOG_USEC", "1000000");
    sensor = builder.start();
  }

  @AfterEach
  void end() throws Exception {
    sensor.destroyForcibly().waitFor();
    receiver.destroyForcibly().waitFor();
  }

  private List<String> heard() throws Exception {
    return Files.readAllLines(heard).stream().filter(said -> !said.startsWith("BARRIER")).toList();
  }

  private long count(String assignment) throws Exception {
    return heard().stream().filter(said -> said.contains(assignment)).count();
  }

  private void awaitMore(String assignment) throws Exception {
    long before = count(assignment);
    await().atMost(PATIENCE).until(() -> count(assignment) > before);
  }

  private void pipe(int seconds) throws Exception {
    OutputStream in = sensor.getOutputStream();
    in.write(new byte[seconds * BYTES_PER_SECOND]);
    in.flush();
  }

  private HttpResponse<String> health() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void systemdHearsOfLifeOnlyWhileSoundComesIn() throws Exception {
    awaitMore("STATUS=");
    awaitMore("STATUS=");
    assertThat(heard()).noneMatch(said -> said.contains("READY=1") || said.contains("WATCHDOG=1"));

    pipe(2);
    awaitMore("WATCHDOG=1");
    assertThat(heard()).filteredOn(said -> said.contains("READY=1")).hasSize(1);

    awaitMore("STATUS=stalled");
    assertThat(heard())
        .filteredOn(said -> said.contains("stalled"))
        .noneMatch(said -> said.contains("WATCHDOG=1"));
    HttpResponse<String> ill = health();
    assertThat(ill.statusCode()).isEqualTo(503);
    JsonNode source = new ObjectMapper().readTree(ill.body()).get("source");
    assertThat(source.get("state").asText()).isEqualTo("stalled");
    assertThat(source.get("stalls").asInt()).isEqualTo(1);
    assertThat(source.get("problem").asText()).contains("cannot be opened again");

    pipe(1);
    awaitMore("WATCHDOG=1");
    assertThat(count("READY=1")).isEqualTo(1);
    HttpResponse<String> well = health();
    assertThat(well.statusCode()).isEqualTo(200);
    JsonNode clock = new ObjectMapper().readTree(well.body()).get("clock");
    assertThat(clock.get("source").asText()).isEqualTo("FREE");
    assertThat(clock.get("uncertaintyMicros").asLong()).isGreaterThan(2_000_000);
  }
}
