package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.edge.TocsinSensor;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.sink.TocsinSink;
import io.tocsin.stack.process.TcpPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dashboards and alert rules ask for is what the running parts report. */
class ObservabilityIT {

  private static final Path FILES = Given.CHECKOUT.resolve("deploy/observability");

  /** A metric that one of ours or Flink reports, with the labels that it is asked for. */
  private static final Pattern SELECTOR =
      Pattern.compile("\\b((?:tocsin|flink)_[A-Za-z0-9_]+)(?:\\{([^}]*)})?");

  private static final Pattern SERIES =
      Pattern.compile("^([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{(.*)})? \\S+$");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  @TempDir private static Path home;

  private static WholeSystem system;

  /** The sink and the sensor, by the name of what they say. */
  private static final Map<String, Process> PARTS = new HashMap<>();

  /** The pages of both of Flink's processes, of a sink and of a sensor. */
  private static List<String> pages = List.of();

  /** A time series: the metric and its labels. */
  private record Series(String metric, Map<String, String> labels) {

    static Series of(String metric, String labels) {
      Map<String, String> values = new HashMap<>();
      Matcher label = LABEL.matcher(labels);
      while (label.find()) {
        values.put(label.group(1), label.group(2));
      }
      return new Series(metric, values);
    }

    boolean answers(Series asked) {
      return metric.equals(asked.metric) && labels.entrySet().containsAll(asked.labels.entrySet());
    }
  }

  @BeforeAll
  static void startEverything() throws Exception {
    system = WholeSystem.start(home, "observed");
    Endpoints endpoints = system.endpoints();
    int[] ports = TcpPorts.own(2);
    PARTS.put(
        "sink",
        new TocsinProgram(home)
            .startClass(
                "sink",
                TocsinSink.class,
                "--kafka.bootstrapServers=" + endpoints.bootstrapServers(),
                "--kafka.registryUrl=" + endpoints.registryUrl(),
                "--kafka.groupId=observed",
                "--database.jdbcUrl=" + endpoints.jdbcUrl(),
                "--database.user=" + endpoints.databaseUser(),
                "--database.passwordFile=" + endpoints.databasePasswordFile(),
                "--metricsPort=" + ports[0]));
    Path recording = home.resolve("noise.wav");
    Recordings.writeWav(recording, Frames.noise(300 * Frames.RATE_HERTZ));
    PARTS.put(
        "sensor",
        new TocsinProgram(home)
            .startClass(
                "sensor",
                TocsinSensor.class,
                "--sensor-id=observed",
                "--lat=52.5",
                "--lon=13.4",
                "--bootstrap-servers=" + endpoints.bootstrapServers(),
                "--registry-url=" + endpoints.registryUrl(),
                "--spool=" + home.resolve("spool"),
                "--health=127.0.0.1:" + ports[1],
                recording.toString()));
    URI taskManager = URI.create(system.stack().metricsUrl());
    pages =
        List.of(
            taskManager.toString(),
            "http://127.0.0.1:" + (taskManager.getPort() - 1) + "/metrics",
            "http://127.0.0.1:" + ports[0] + "/metrics",
            "http://127.0.0.1:" + ports[1] + "/metrics");
    system.publish(Topics.AUDIO_FRAMES, Frames.second("metrics"));
  }

  @AfterAll
  static void stopEverything() throws InterruptedException {
    for (Process part : PARTS.values()) {
      part.destroy();
      part.waitFor();
    }
    if (system != null) {
      system.close();
    }
  }

  @Test
  void everyMetricOfTheAlertRulesIsReported() throws Exception {
    JsonNode rules = new YAMLMapper().readTree(FILES.resolve("alerts.yml").toFile());
    List<String> expressions = new ArrayList<>();
    rules.findParents("alert").forEach(rule -> expressions.add(rule.path("expr").asText()));
    assertThat(expressions).isNotEmpty().doesNotContain("");

    assertAllReported(expressions);
  }

  @Test
  void everyMetricOfTheDashboardIsReported() throws Exception {
    JsonNode dashboard = new YAMLMapper().readTree(FILES.resolve("dashboard.json").toFile());
    List<String> expressions = dashboard.findValuesAsText("expr");
    assertThat(expressions).hasSizeGreaterThan(30);

    assertAllReported(expressions);
  }

  @Test
  void theObservedSensorHasAPlace() {
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(system.values(Topics.SENSORS))
                    .extracting(Sensor::getSensorId)
                    .contains("observed"));
  }

  private static void assertAllReported(List<String> expressions) {
    Set<Series> asked = new LinkedHashSet<>();
    for (String expression : expressions) {
      Matcher selector = SELECTOR.matcher(expression);
      while (selector.find()) {
        asked.add(Series.of(selector.group(1), selector.group(2) == null ? "" : selector.group(2)));
      }
    }
    assertThat(asked).hasSizeGreaterThan(10);
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () -> {
              List<String> closed = new ArrayList<>();
              List<Series> reported = reported(closed);
              assertThat(asked)
                  .as("what no page reports; closed: %s; ended: %s", closed, ended())
                  .filteredOn(series -> reported.stream().noneMatch(r -> r.answers(series)))
                  .isEmpty();
            });
  }

  /** What those of our parts said that run no more. */
  private static List<String> ended() {
    return PARTS.entrySet().stream()
        .filter(part -> !part.getValue().isAlive())
        .map(part -> part.getKey() + ": " + new TocsinProgram(home).said(part.getKey()))
        .toList();
  }

  /**
   * @param closed told the pages that are not open
   */
  private static List<Series> reported(List<String> closed) throws InterruptedException {
    List<Series> reported = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    for (String page : pages) {
      String text = "";
      try {
        text =
            client
                .send(
                    HttpRequest.newBuilder(URI.create(page)).build(),
                    HttpResponse.BodyHandlers.ofString())
                .body();
      } catch (IOException e) {
        closed.add(page + ": " + e);
      }
      for (String line : text.lines().toList()) {
        Matcher series = SERIES.matcher(line);
        if (series.matches()) {
          reported.add(Series.of(series.group(1), series.group(2) == null ? "" : series.group(2)));
        }
      }
    }
    return reported;
  }
}
