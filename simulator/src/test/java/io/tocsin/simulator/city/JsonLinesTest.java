package io.tocsin.simulator.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.simulator.city.evaluation.FoundAlert;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {

  @TempDir private Path folder;

  private static FoundAlert alert(String id, double probability) {
    return new FoundAlert(id, "p", probability, null, 1, 2L, 52, 13, List.of("a", "b"), List.of());
  }

  @Test
  void truthIsReadAsItWasWritten() throws Exception {
    CityTruth truth = City.of(CitySettings.of(Scenario.S9, 2, 100, 0.1)).truth();
    Path file = folder.resolve("truth.json");
    JsonLines.writeOne(file, truth);
    assertThat(JsonLines.readOne(file, CityTruth.class)).isEqualTo(truth);
  }

  @Test
  void ofLinesWithOneIdTheLastCounts() throws Exception {
    Path file = folder.resolve("alerts.jsonl");
    JsonLines.write(file, List.of(alert("a", 0.5), alert("b", 0.6), alert("a", 0.7)));
    assertThat(JsonLines.readLast(file, FoundAlert.class, FoundAlert::alertId))
        .containsExactly(alert("a", 0.7), alert("b", 0.6));
  }

  @Test
  void aBadLineIsNamed() throws Exception {
    Path file = folder.resolve("alerts.jsonl");
    JsonLines.write(file, List.of(alert("a", 0.5)));
    Files.writeString(file, Files.readString(file) + "{\"alertId\": 1, \"nonsense\": true}\n");
    assertThatThrownBy(() -> JsonLines.readLast(file, FoundAlert.class, FoundAlert::alertId))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alerts.jsonl, line 2")
        .hasMessageContaining("nonsense");
  }
}
