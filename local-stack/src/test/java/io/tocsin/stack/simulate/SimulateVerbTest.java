package io.tocsin.stack.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.JsonLines;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import io.tocsin.stack.Tocsin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SimulateVerbTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine line = Tocsin.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private int simulated() {
    return execute(
        "simulate", "--scenario=S1", "--seed=3", "--sensors=64", "--hours=0.5", "--out=" + folder);
  }

  @Test
  void anUnknownScenarioIsAUsageErrorThatNamesThoseThereAre() {
    assertThat(execute("simulate", "--scenario=S12", "--seed=1")).isEqualTo(2);
    assertThat(err.toString()).contains("S1, S2", "S11");
  }

  @Test
  void withNothingToDoItSaysWhatToGive() {
    assertThat(execute("simulate", "--scenario=S1", "--seed=1")).isEqualTo(2);
    assertThat(err.toString()).contains("--evaluate", "--out");
  }

  @Test
  void whatTheTruthItselfSaysIsPerfect() throws Exception {
    assertThat(simulated()).isZero();
    CityTruth truth = JsonLines.readOne(folder.resolve("truth.json"), CityTruth.class);
    JsonLines.write(folder.resolve("alerts.jsonl"), List.of());
    JsonLines.write(
        folder.resolve("events.jsonl"), truth.sounds().stream().map(s -> asFound(s)).toList());
    JsonNode report = evaluated();
    assertThat(report.get("f1").asDouble()).isEqualTo(1);
    assertThat(report.get("locationErrorMetres").get("p90").asDouble()).isZero();
    assertThat(report.get("ellipseCoverage").asDouble()).isEqualTo(1);
    assertThat(report.get("detail").get("alerts").get("recall").asDouble()).isZero();
  }

  @Test
  void theReportHasTheKeysThatOthersReadItBy() throws Exception {
    assertThat(simulated()).isZero();
    JsonLines.write(folder.resolve("alerts.jsonl"), List.of());
    JsonLines.write(folder.resolve("events.jsonl"), List.of());
    assertThat(evaluated().fieldNames())
        .toIterable()
        .containsExactly(
            "scenario",
            "seed",
            "sensors",
            "events",
            "alerts",
            "precision",
            "recall",
            "f1",
            "locationErrorMetres",
            "ellipseCoverage",
            "splits",
            "merges",
            "latencyMillis",
            "falseAlertsPerSensorDay",
            "decoysFused",
            "expectedCalibrationError",
            "predictedFalseAlarmRate",
            "observedFalseAlarmRate",
            "baselines",
            "detail");
  }

  private JsonNode evaluated() throws Exception {
    out.getBuffer().setLength(0);
    assertThat(
            execute(
                "evaluate",
                "alerts",
                "--truth=" + folder.resolve("truth.json"),
                "--alerts=" + folder.resolve("alerts.jsonl"),
                "--events=" + folder.resolve("events.jsonl"),
                "--json"))
        .isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private static FoundEvent asFound(CityTruth.Sound sound) {
    return new FoundEvent(
        sound.soundId(),
        sound.label(),
        sound.originMicros(),
        sound.latitudeDegrees(),
        sound.longitudeDegrees(),
        true,
        1,
        1,
        0,
        1,
        sound.arrivals().stream().map(CityTruth.Arrival::detectionId).toList());
  }

  @Test
  void aFileThatIsNoTruthIsNamed() throws Exception {
    JsonLines.writeOne(folder.resolve("truth.json"), List.of("no truth"));
    assertThat(
            execute(
                "evaluate",
                "alerts",
                "--truth=" + folder.resolve("truth.json"),
                "--alerts=" + folder.resolve("truth.json")))
        .isEqualTo(1);
    assertThat(err.toString()).contains("truth.json");
  }
}
