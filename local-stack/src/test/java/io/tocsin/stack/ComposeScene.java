package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.Scene;
import io.tocsin.simulator.ScenePlayer;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.demo.Demo;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;

/**
 * A scene with ground truth in a compose project, and what has to come of it.
 *
 * @param topics reads alerts and detections
 * @param rows reads what the sink has written
 */
record ComposeScene(
    ComposeProject project, SchemaRegistryClient registry, TopicReader topics, PostgisReader rows) {

  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final double SPEED = 4;
  private static final long SEED = 3;

  /** The demonstration's street with so many true pairs, of recordings that no head has learned. */
  static SceneTruth compose(SceneSettings settings, Path bundle) throws IOException {
    return Scene.compose(settings, library(bundle));
  }

  static SceneSettings settings(int truePairs) {
    return SceneSettings.demo(SEED, SceneSettings.DEMO_SENSORS, truePairs);
  }

  private static SoundLibrary library(Path bundle) throws IOException {
    return new SoundLibrary(List.of(Given.audio()), Demo.trainedOn(bundle));
  }

  /**
   * Plays a scene and waits until each window is scored, each alert settled, and everything in
   * PostGIS. It counts windows, so that no other sound may be on its way.
   */
  void becomesAlertsAndRows(
      SceneTruth truth, SceneSettings settings, Path bundle, FleetProducer fleet) throws Exception {
    ModelBundle model = ModelBundle.load(bundle);
    FlinkRest flink = project.flink();
    FlinkRest.Job scoring = flink.awaitRunning(ScoringJob.NAME, PATIENCE);
    long before = Math.round(flink.sumOfMetric(scoring.id(), "windowsScored"));
    ScenePlayer player = new ScenePlayer(truth, settings, library(bundle), fleet, SPEED);
    player.play(seconds -> {});
    fleet.flush();

    long windows = (player.samplesPerSensor() - model.windowSamples()) / model.hopSamples() + 1;
    eventually(
        "windows scored",
        () ->
            assertThat(Math.round(flink.sumOfMetric(scoring.id(), "windowsScored")) - before)
                .isEqualTo(windows * truth.sensors().size()));
    eventually(
        "alerts settled",
        () ->
            assertThat(alerts().values())
                .isNotEmpty()
                .allMatch(alert -> isSettled(alert.getState())));
    List<String> closed =
        alerts().values().stream()
            .filter(alert -> alert.getState() == AlertState.CLOSED)
            .map(DistressAlert::getAlertId)
            .toList();
    assertThat(closed).hasSizeBetween(truth.distress().size() - 1, truth.distress().size());
    eventually("rows", this::assertRowsAreWhatKafkaHolds);
    Set<String> sensors =
        truth.sensors().stream().map(SceneTruth.SensorTruth::sensorId).collect(Collectors.toSet());
    eventually(
        "status of every sensor",
        () ->
            assertThat(rows.column("SELECT sensor_id FROM tocsin.sensor_status"))
                .containsAll(sensors));
    eventually(
        "a clip of every alert",
        () ->
            assertThat(
                    rows.column(
                        "SELECT DISTINCT alert_id FROM tocsin.evidence_clip"
                            + " WHERE stored_at IS NOT NULL"))
                .containsAll(closed));
  }

  private void assertRowsAreWhatKafkaHolds() throws SQLException {
    List<String> revisions =
        alerts().values().stream().map(a -> a.getAlertId() + " " + a.getRevision()).toList();
    assertThat(rows.column("SELECT alert_id || ' ' || revision FROM tocsin.distress_alert"))
        .containsExactlyInAnyOrderElementsOf(revisions);
    assertThat(rows.column("SELECT detection_id FROM tocsin.detection"))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            topics.values(Topics.DETECTIONS, registry).stream()
                .map(Detection::getDetectionId)
                .collect(Collectors.toSet()));
  }

  /** The last revision of each alert, by id. */
  private Map<String, DistressAlert> alerts() {
    Map<String, DistressAlert> last = new TreeMap<>();
    for (DistressAlert alert : topics.values(Topics.DISTRESS_ALERTS, registry)) {
      last.merge(alert.getAlertId(), alert, (a, b) -> a.getRevision() > b.getRevision() ? a : b);
    }
    return last;
  }

  private static boolean isSettled(AlertState state) {
    return state == AlertState.CLOSED || state == AlertState.RETRACTED;
  }

  /**
   * Waits until the container of the profile sensors, which is on its way, has played its folder,
   * and for what the sink has of it.
   */
  void hasTheSensorsGlass() throws Exception {
    eventually(
        "the sensor's end",
        () ->
            assertThat(project.containers().get("sensor").path("State").asText())
                .isEqualTo("exited"));
    String said = project.compose("--profile", "sensors", "logs", "--no-color", "sensor");
    assertThat(said).contains("frames taken by Kafka, 0 not");
    assertThat(project.containers().get("sensor").path("ExitCode").asInt(-1)).as(said).isZero();
    eventually(
        "a detection in PostGIS",
        () ->
            assertThat(
                    rows.column("SELECT label FROM tocsin.detection WHERE sensor_id = 'compose-1'"))
                .contains("glass_shatter"));
  }

  static void eventually(String what, ThrowingRunnable assertion) {
    await(what).atMost(PATIENCE).untilAsserted(assertion);
  }
}
