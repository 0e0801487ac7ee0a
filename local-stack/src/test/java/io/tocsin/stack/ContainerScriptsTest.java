package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The health checks of docker/bin, against answers of Flink and of our own pages. */
class ContainerScriptsTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "fedcba9876543210fedcba9876543210";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private int status = 200;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String answer = answers.get(exchange.getRequestURI().getPath());
            byte[] body = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer == null ? 404 : status, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private ShortCommand.Outcome script(String name, String... arguments)
      throws InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", Given.CHECKOUT.resolve("docker/bin/" + name).toString()));
    command.addAll(List.of(arguments));
    return ShortCommand.run(
        command,
        Map.of(
            "FLINK_REST",
            "127.0.0.1:" + server.getAddress().getPort(),
            "TOCSIN_ADDRESSES",
            "172.18.0.5 gate"));
  }

  /** As Flink 2.2 answers: a job that has failed before one of the same name that runs. */
  private void flink(String state, Instant since, String checkpoints) {
    answers.put(
        "/jobs/overview",
        """
        {"jobs":[\
        {"jid":"%s","name":"tocsin-scoring","start-time":1,"end-time":2,"duration":1,\
        "state":"FAILED","last-modification":9999999999999,"tasks":{"running":0,"total":4}},\
        {"jid":"%s","name":"tocsin-scoring","start-time":3,"end-time":-1,"duration":9,\
        "state":"%s","last-modification":%d,"tasks":{"running":4,"total":4}}]}"""
            .formatted(OTHER, ID, state, since.toEpochMilli()));
    answers.put(
        "/jobs/" + ID + "/checkpoints/config",
        "{\"mode\":\"exactly_once\",\"interval\":10000,\"timeout\":600000,\"min_pause\":0}");
    answers.put("/jobs/" + ID + "/checkpoints", checkpoints);
  }

  private static String checkpoint(String status, Instant acknowledged) {
    return """
        {"counts":{"restored":0,"total":3,"in_progress":0,"completed":1,"failed":0},\
        "latest":{"completed":null,"savepoint":null,"failed":null,"restored":null},\
        "history":[{"className":"completed","id":1,"status":"%s","is_savepoint":false,\
        "trigger_timestamp":5,"latest_ack_timestamp":%d,"state_size":7,"tasks":{}}]}"""
        .formatted(status, acknowledged.toEpochMilli());
  }

  private static Instant ago(long seconds) {
    return Instant.now().minus(Duration.ofSeconds(seconds));
  }

  @Test
  void aJobThatCompletesCheckpointsIsWell() throws Exception {
    flink("RUNNING", ago(5_000), checkpoint("COMPLETED", ago(20)));
    ShortCommand.Outcome check = script("keep-job", "--check", "tocsin-scoring");
    assertThat(check.output()).isEmpty();
    assertThat(check.exitCode()).isZero();
  }

  @Test
  void aJobThatHasJustBegunNeedsNoCheckpointYet() throws Exception {
    flink("RUNNING", ago(20), checkpoint("IN_PROGRESS", ago(1)));
    assertThat(script("keep-job", "--check", "tocsin-scoring").succeeded()).isTrue();
  }

  @Test
  void aJobThatRunsAndCompletesNoneIsNotWellAndSaysSo() throws Exception {
    flink("RUNNING", ago(5_000), checkpoint("COMPLETED", ago(1_000)));
    ShortCommand.Outcome late = script("keep-job", "--check", "tocsin-scoring");
    assertThat(late.exitCode()).isEqualTo(1);
    assertThat(late.output())
        .matches(
            "job tocsin-scoring has completed no checkpoint for 100\\d s; one is due every 10 s");

    flink("RUNNING", ago(500), checkpoint("FAILED", ago(1)));
    assertThat(script("keep-job", "--check", "tocsin-scoring").output()).contains("for 50");
  }

  @Test
  void aJobThatDoesNotRunIsNotWell() throws Exception {
    flink("RESTARTING", ago(5), checkpoint("COMPLETED", ago(5)));
    ShortCommand.Outcome check = script("keep-job", "--check", "tocsin-scoring");
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.output()).isEqualTo("job tocsin-scoring is not RUNNING");
    assertThat(script("keep-job", "--check", "tocsin-distress").output())
        .isEqualTo("job tocsin-distress is not RUNNING");
    server.stop(0);
    assertThat(script("keep-job", "--check", "tocsin-scoring").exitCode()).isNotZero();
  }

  private void taskManagerAt(String address) {
    answers.put(
        "/taskmanagers",
        """
        {"taskmanagers":[{"id":"%1$s:40231-5f2c1e","path":"pekko.tcp://flink@%1$s:40231/user/rpc/\
        taskmanager_0","dataPort":33075,"jmxPort":-1,"timeSinceLastHeartbeat":1795342800000}]}"""
            .formatted(address));
  }

  @Test
  void aTaskManagerThatTheJobManagerHearsIsWell() throws Exception {
    taskManagerAt("172.18.0.5");
    ShortCommand.Outcome check = script("registered");
    assertThat(check.output()).isEmpty();
    assertThat(check.exitCode()).isZero();
    taskManagerAt("gate");
    assertThat(script("registered").succeeded()).isTrue();
  }

  @Test
  void aTaskManagerThatTheJobManagerHasStruckOffIsNotWell() throws Exception {
    taskManagerAt("172.18.0.55");
    ShortCommand.Outcome check = script("registered");
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.output()).contains("has no TaskManager at 172.18.0.5 gate");
    server.stop(0);
    assertThat(script("registered").exitCode()).isNotZero();
  }

  @Test
  void aPageThatIsNotWellFailsAndItsReasonIsShown() throws Exception {
    answers.put("/health", "{\"status\": \"unwell\"}");
    String port = "" + server.getAddress().getPort();
    ShortCommand.Outcome well = script("http-ok", "127.0.0.1", port, "/health");
    assertThat(well.succeeded()).isTrue();
    assertThat(well.output()).isEqualTo("{\"status\": \"unwell\"}");

    status = 503;
    ShortCommand.Outcome unwell = script("http-ok", "127.0.0.1", port, "/health");
    assertThat(unwell.exitCode()).isEqualTo(1);
    assertThat(unwell.output()).contains(" 503 ").contains("{\"status\": \"unwell\"}");
  }
}
