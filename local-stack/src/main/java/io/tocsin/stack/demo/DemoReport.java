package io.tocsin.stack.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tocsin.simulator.AlertEvaluation;
import io.tocsin.simulator.SceneTruth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The figures of a demonstration.
 *
 * @param truth every incident of the scene
 * @param alerts as their last revisions say
 * @param duplicates alerts beyond the first for a true pair, and rows beyond the first of a
 *     detection
 * @param latencyMillis of {@link AlertLatency the first words that count}
 * @param alertsRetracted opened and taken back, for instance when an earlier pick gave the alert
 *     another id; they count in neither precision nor duplicates
 * @param alertsReplaced those of them that named the alert that took their place
 * @param windowsExpected what the scene's frames give
 * @param rowsInPostgis of all tables
 * @param differences between alerts in Kafka and in PostGIS
 */
record DemoReport(
    List<Incident> truth,
    List<FoundAlert> alerts,
    double precision,
    double recall,
    LocationError locationErrorMetres,
    Latency latencyMillis,
    long framesProduced,
    long framesRepeated,
    long windowsExpected,
    long windowsScored,
    double windowsPerSecond,
    int detections,
    int alertRevisions,
    int alertsRetracted,
    int alertsReplaced,
    long rowsInPostgis,
    Map<String, Long> rowsByTable,
    long duplicates,
    List<String> differences,
    double sceneSeconds,
    double speed,
    int sensors,
    long seed) {

  /**
   * What happened.
   *
   * @param alert id of the alert that found it; empty if none did
   */
  record Incident(
      String incident,
      boolean distress,
      double startsAtSeconds,
      double latitudeDegrees,
      double longitudeDegrees,
      List<String> sounds,
      String alert) {}

  /** What was said. */
  record FoundAlert(
      String alertId,
      int revision,
      String state,
      String incident,
      double startsAtSeconds,
      double latitudeDegrees,
      double longitudeDegrees,
      double semiMajorMetres,
      double probability,
      String explanation) {}

  /** Distance of alerts from the true places. */
  record LocationError(double p50, double p90) {}

  /**
   * From publishing the last audio that an alert's first revision rests on to a consumer reading
   * it.
   */
  record Latency(double p50, double p95, double p99) {}

  /** Whether everything was counted, stored and said once. */
  boolean isConsistent() {
    return windowsScored == windowsExpected && duplicates == 0 && differences.isEmpty();
  }

  void write(Path file) throws IOException {
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }

  static LocationError locationError(AlertEvaluation.Result result) {
    double[] metres =
        result.matches().stream().mapToDouble(AlertEvaluation.Match::errorMetres).toArray();
    return new LocationError(
        AlertEvaluation.quantile(metres, 0.5), AlertEvaluation.quantile(metres, 0.9));
  }

  static String incidentOf(AlertEvaluation.Result result, String alertId) {
    return result.matches().stream()
        .filter(m -> m.alert().alertId().equals(alertId))
        .map(m -> m.truth().incident())
        .findFirst()
        .orElse("");
  }

  static String alertOf(AlertEvaluation.Result result, String incident) {
    return result.matches().stream()
        .filter(m -> m.truth().incident().equals(incident))
        .map(m -> m.alert().alertId())
        .findFirst()
        .orElse("");
  }

  static boolean isDistress(SceneTruth truth, String incident) {
    return truth.distress().stream().anyMatch(d -> d.incident().equals(incident));
  }
}
