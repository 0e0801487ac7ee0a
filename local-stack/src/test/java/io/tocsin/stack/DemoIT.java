package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.postgres.ClusterFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tocsin demo --once --report} promises, on real recordings. */
class DemoIT {

  /** What the report holds at the least. */
  private static final List<String> KEYS =
      List.of(
          "truth",
          "alerts",
          "precision",
          "recall",
          "locationErrorMetres",
          "latencyMillis",
          "framesProduced",
          "windowsScored",
          "detections",
          "rowsInPostgis",
          "duplicates");

  @TempDir private Path home;

  @AfterEach
  void removeTheClusterOutsideTheHome() {
    ClusterFolder.candidates(home.resolve(".tocsin/demo")).forEach(Folders::delete);
  }

  @Test
  void trueDistressAlertsNothingElseDoesAndEveryCountAgrees() throws Exception {
    Path bundle = Given.bundle();
    Path audio = Given.audio();
    Path file = home.resolve("demo.json");
    TocsinProgram tocsin = new TocsinProgram(home);
    Process demo =
        tocsin.start(
            "demo",
            "demo",
            "--once",
            "--speed=6",
            "--bundle=" + bundle,
            "--audio=" + audio,
            "--kafka-port=" + Given.ports().kafka(),
            "--registry-port=" + Given.ports().registry(),
            "--flink-port=" + Given.ports().flink(),
            "--postgres-port=" + Given.ports().postgres(),
            "--report=" + file);

    int exit = demo.waitFor();
    assumeTrue(exit != ExitCodes.MISSING_PREREQUISITE, () -> tocsin.said("demo"));
    assertThat(exit).as(() -> tocsin.said("demo")).isZero();

    JsonNode report = new ObjectMapper().readTree(file.toFile());
    assertThat(KEYS).allSatisfy(key -> assertThat(report.path(key).isMissingNode()).isFalse());
    assertFigures(report.path("locationErrorMetres"), "p50", "p90");
    assertFigures(report.path("latencyMillis"), "p50", "p95", "p99");
    assertThat(report.path("framesProduced").asLong()).isPositive();
    assertThat(report.path("windowsScored").asLong())
        .isPositive()
        .isEqualTo(report.path("windowsExpected").asLong());
    assertThat(report.path("duplicates").asLong()).isZero();
    assertThat(list(report.path("differences"))).isEmpty();
    assertThat(report.path("detections").asLong()).isPositive();
    assertThat(report.path("rowsByTable").path("detection").asLong())
        .isEqualTo(report.path("detections").asLong());
    assertThat(report.path("recall").asDouble()).isGreaterThanOrEqualTo(0.8);
    assertNoDecoyAlerted(report, tocsin.said("demo"));
  }

  private static void assertNoDecoyAlerted(JsonNode report, String said) {
    List<JsonNode> truth = list(report.path("truth"));
    assertThat(truth).anyMatch(incident -> !incident.path("distress").asBoolean());
    assertThat(truth)
        .as(said)
        .filteredOn(incident -> !incident.path("distress").asBoolean())
        .allMatch(incident -> incident.path("alert").asText().isEmpty());
    assertThat(list(report.path("alerts")))
        .as(said)
        .filteredOn(alert -> !alert.path("state").asText().equals("RETRACTED"))
        .isNotEmpty()
        .noneMatch(alert -> alert.path("incident").asText().isEmpty());
  }

  private static void assertFigures(JsonNode figures, String... names) {
    assertThat(names).allSatisfy(name -> assertThat(figures.path(name).isNumber()).isTrue());
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
