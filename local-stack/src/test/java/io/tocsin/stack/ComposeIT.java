package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.simulator.SceneSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

  @TempDir private static Path home;

  private static ComposeProject project;
  private static Path bundle;
  private static SchemaRegistryClient registry;
  private static ComposeScene scene;

  @BeforeAll
  static void composeUp() throws Exception {
    bundle = Given.bundle();
    Given.audio();
    Path recordings = Files.createDirectory(home.resolve("recordings"));
    ComposeProject given = ComposeProject.given(bundle, recordings);
    project = given;
    given.up();
    registry = given.registry();
    scene =
        new ComposeScene(
            given,
            registry,
            new TopicReader(given.bootstrapServers()),
            new PostgisReader(given.jdbcUrl(), given.databasePassword()));
  }

  @AfterAll
  static void composeDownLeavesNothing() throws Exception {
    if (project != null) {
      project.down();
      assertThat(project.leftovers()).isEmpty();
    }
  }

  @Test
  @Order(1)
  void everyServiceIsHealthyAndTheFirstOneHasDoneItsWork() throws Exception {
    project.assertHealthy("init");
  }

  @Test
  @Order(2) // It counts windows, so that no other sound may be on its way.
  void aSceneBecomesAlertsOnTheTopicAndTheSameRowsInPostgis() throws Exception {
    SceneSettings settings = ComposeScene.settings(SceneSettings.DEMO_PAIRS);
    try (FleetProducer fleet =
        FleetProducer.connect(project.bootstrapServers(), registry, false, Map.of())) {
      scene.becomesAlertsAndRows(ComposeScene.compose(settings, bundle), settings, bundle, fleet);
    }
    assertThat(
            project.compose(
                "exec", "--no-TTY", "taskmanager", "http-ok", "127.0.0.1", "9249", "/metrics"))
        .contains("flink_taskmanager_job_task_operator_windowsScored{");
  }

  @Test
  @Order(3)
  void theSensorsContainerPlaysAFolderAndEnds() throws Exception {
    short[] glass = Recordings.breakingGlass(Given.audio(), 1);
    Recordings.writeWav(home.resolve("recordings/glass.wav"), glass);

    project.compose("--profile", "sensors", "up", "--detach", "--no-deps", "--no-build", "sensor");

    scene.hasTheSensorsGlass();
  }

  @Test
  @Order(4)
  void jobsThatTheirJobManagerForgotComeBackFromTheirCheckpoints() throws Exception {
    project.compose("restart", "--timeout", "0", "jobmanager");

    for (String service : List.of("scoring-job", "distress-job")) {
      ComposeScene.eventually(
          "a second submission by " + service,
          () ->
              assertThat(project.compose("logs", "--no-color", service))
                  .contains("from=/opt/flink/state/checkpoints/"));
    }
    project.flink().awaitRunning(ScoringJob.NAME, ComposeScene.PATIENCE);
    project.flink().awaitRunning(DistressJob.NAME, ComposeScene.PATIENCE);
  }
}
