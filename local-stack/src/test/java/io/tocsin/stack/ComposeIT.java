package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.simulator.Scene;
import io.tocsin.simulator.ScenePlayer;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.stack.demo.Demo;
import io.tocsin.stack.server.FlinkRest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The users' docker-compose.yml, brought up, used and taken down. It runs where an engine answers
 * and has the images; it starts no engine, for that wants root and changes the machine's network.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ComposeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final double SPEED = 4;
  private static final long SEED = 3;

  @TempDir private static Path home;

  private static ComposeProject project;
  private static Path bundle;
  private static SchemaRegistryClient registry;

  @BeforeAll
  static void composeUp() throws Exception {
    bundle = Given.bundle();
    Given.audio();
    Path recordings = Files.createDirectory(home.resolve("recordings"));
    ComposeProject given = ComposeProject.given(bundle, recordings);
    project = given;
    given.up();
    registry =
        Registry.connect(
            new RegistrySettings(
                "http://127.0.0.1:" + given.ports().registry() + "/apis/ccompat/v7", false));
  }

  @AfterAll
  static void composeDownLeavesNothing() throws Exception {
    if (project != null) {
      project.down();
      assertThat(project.leftovers()).isEmpty();
    }
  }

  private static String bootstrapServers() {
    return "127.0.0.1:" + project.ports().kafka();
  }

  private static FlinkRest flink() {
    return new FlinkRest("http://127.0.0.1:" + project.ports().flink());
  }

  @Test
  @Order(1)
  void everyServiceIsHealthyAndTheFirstOneHasDoneItsWork() throws Exception {
    Map<String, JsonNode> containers = project.containers();

    assertThat(containers.get("init").path("State").asText()).isEqualTo("exited");
    assertThat(containers.get("init").path("ExitCode").asInt(-1)).isZero();
    containers.remove("init");
    assertThat(containers.keySet())
        .containsExactlyInAnyOrder(
            "kafka",
            "postgis",
            "registry",
            "jobmanager",
            "taskmanager",
            "scoring-job",
            "distress-job",
            "sensor-health",
            "sink",
            "evidence");
    assertThat(containers)
        .allSatisfy(
            (service, container) ->
                assertThat(container.path("Health").asText()).as(service).isEqualTo("healthy"));
  }

  @Test
  @Order(2) // It counts windows, so that no other sound may be on its way.
  void aSceneBecomesAlertsOnTheTopicAndTheSameRowsInPostgis() throws Exception {
    SceneSettings settings = SceneSettings.demo(SEED);
    SoundLibrary library = new SoundLibrary(List.of(Given.audio()), Demo.trainedOn(bundle));
    SceneTruth truth = Scene.compose(settings, library);
    ModelBundle model = ModelBundle.load(bundle);
    FlinkRest.Job scoring = flink().awaitRunning(ScoringJob.NAME, PATIENCE);
    long before = Math.round(flink().sumOfMetric(scoring.id(), "windowsScored"));

    long samples;
    try (FleetProducer fleet =
        FleetProducer.connect(bootstrapServers(), registry, false, Map.of())) {
      ScenePlayer player = new ScenePlayer(truth, settings, library, fleet, SPEED);
      player.play(seconds -> {});
      fleet.flush();
      samples = player.samplesPerSensor();
    }

    long windows = (samples - model.windowSamples()) / model.hopSamples() + 1;
    eventually(
        "windows scored",
        () ->
            assertThat(Math.round(flink().sumOfMetric(scoring.id(), "windowsScored")) - before)
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
    eventually("rows", ComposeIT::assertRowsAreWhatKafkaHolds);
    Set<String> sensors =
        truth.sensors().stream().map(SceneTruth.SensorTruth::sensorId).collect(Collectors.toSet());
    eventually(
        "status of every sensor",
        () ->
            assertThat(column("SELECT sensor_id FROM tocsin.sensor_status")).containsAll(sensors));
    eventually(
        "a clip of every alert",
        () ->
            assertThat(
                    column(
                        "SELECT DISTINCT alert_id FROM tocsin.evidence_clip"
                            + " WHERE stored_at IS NOT NULL"))
                .containsAll(closed));
    assertThat(
            project.compose(
                "exec", "--no-TTY", "taskmanager", "http-ok", "127.0.0.1", "9249", "/metrics"))
        .contains("flink_taskmanager_job_task_operator_windowsScored{");
  }

  private static void assertRowsAreWhatKafkaHolds() throws SQLException {
    List<String> revisions =
        alerts().values().stream().map(a -> a.getAlertId() + " " + a.getRevision()).toList();
    assertThat(column("SELECT alert_id || ' ' || revision FROM tocsin.distress_alert"))
        .containsExactlyInAnyOrderElementsOf(revisions);
    assertThat(column("SELECT detection_id FROM tocsin.detection"))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            new TopicReader(bootstrapServers())
                .values(Topics.DETECTIONS, registry).stream()
                    .map(Detection::getDetectionId)
                    .collect(Collectors.toSet()));
  }

  @Test
  @Order(3)
  void theSensorsContainerPlaysAFolderAndEnds() throws Exception {
    short[] glass = Recordings.breakingGlass(Given.audio(), 1);
    Recordings.writeWav(home.resolve("recordings/glass.wav"), glass);

    project.compose("--profile", "sensors", "up", "--detach", "--no-deps", "--no-build", "sensor");

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
            assertThat(column("SELECT label FROM tocsin.detection WHERE sensor_id = 'compose-1'"))
                .contains("glass_shatter"));
  }

  @Test
  @Order(4)
  void jobsThatTheirJobManagerForgotComeBackFromTheirCheckpoints() throws Exception {
    project.compose("restart", "--timeout", "0", "jobmanager");

    for (String service : List.of("scoring-job", "distress-job")) {
      eventually(
          "a second submission by " + service,
          () ->
              assertThat(project.compose("logs", "--no-color", service))
                  .contains("from=/opt/flink/state/checkpoints/"));
    }
    flink().awaitRunning(ScoringJob.NAME, PATIENCE);
    flink().awaitRunning(DistressJob.NAME, PATIENCE);
  }

  /** The last revision of each alert, by id. */
  private static Map<String, DistressAlert> alerts() {
    Map<String, DistressAlert> last = new TreeMap<>();
    for (DistressAlert alert :
        new TopicReader(bootstrapServers()).values(Topics.DISTRESS_ALERTS, registry)) {
      last.merge(alert.getAlertId(), alert, (a, b) -> a.getRevision() > b.getRevision() ? a : b);
    }
    return last;
  }

  private static void eventually(String what, ThrowingRunnable assertion) {
    await(what).atMost(PATIENCE).untilAsserted(assertion);
  }

  private static boolean isSettled(AlertState state) {
    return state == AlertState.CLOSED || state == AlertState.RETRACTED;
  }

  private static List<String> column(String query) throws SQLException {
    return new PostgisReader(
            "jdbc:postgresql://127.0.0.1:" + project.ports().postgres() + "/tocsin",
            project.environment().get("TOCSIN_DB_PASSWORD"))
        .column(query);
  }
}
