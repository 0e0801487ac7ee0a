package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.schema.Topics;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.schema.identity.SensorSigner;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.simulator.SceneSettings;
import io.tocsin.simulator.SceneTruth;
import io.tocsin.stack.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The same with docker-compose.secure.yml over it: passwords, rights, TLS and signatures. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecuredComposeIT {

  @TempDir private static Path home;

  private static ComposeProject project;
  private static Path bundle;
  private static SchemaRegistryClient registry;
  private static ComposeScene scene;
  private static Path administrator;
  private static Path analyst;
  private static String trusting;

  @BeforeAll
  static void composeUp() throws Exception {
    bundle = Given.bundle();
    Given.audio();
    Path recordings = Files.createDirectory(home.resolve("recordings"));
    ComposeProject given = ComposeProject.given(bundle, recordings, "docker-compose.secure.yml");
    project = given;
    given.up();
    registry = given.registry();
    administrator = credentials(Role.ADMIN);
    analyst = credentials(Role.ANALYST);
    Path authority = home.resolve("authority.pem");
    given.compose("cp", "sink:/run/tocsin/authority.pem", authority.toString());
    trusting = given.jdbcUrl() + "?sslmode=verify-full&sslrootcert=" + authority;
    scene =
        new ComposeScene(
            given,
            registry,
            new TopicReader(given.bootstrapServers(), KafkaAccess.settings(analyst, Map.of())),
            new PostgisReader(trusting, given.databasePassword()));
  }

  /** A role's file, as a user takes it out of the volume, for use outside the containers. */
  private static Path credentials(Role role) throws IOException, InterruptedException {
    String name = role.user() + ".properties";
    Path file = home.resolve(name);
    project.compose("cp", "init:/run/tocsin/" + name, file.toString());
    String inside = Files.readString(file);
    assertThat(inside).contains("bootstrap.servers=kafka:9092\n");
    Files.writeString(
        file,
        inside
            .replace("kafka:9092", project.bootstrapServers())
            .replaceFirst(
                "(?m)^tocsin.registry.url=.*$", "tocsin.registry.url=" + project.registryUrl()));
    return file;
  }

  @AfterAll
  static void composeDownLeavesNothing() throws Exception {
    if (project != null) {
      project.down();
      assertThat(project.leftovers()).isEmpty();
    }
  }

  private static Path letIn(String sensorId) {
    Path file = home.resolve(sensorId + ".properties");
    SecuredSystem.tocsin(
        "fleet", "add", sensorId, "--credentials=" + administrator, "--out=" + file);
    return file;
  }

  private static SensorSigner signer(Path credentials) {
    return new SensorSigner(SensorKeyPair.of(CredentialsFile.read(credentials)).orElseThrow());
  }

  private static Map<String, String> as(Path credentials) {
    return KafkaAccess.settings(credentials, Map.of());
  }

  @Test
  @Order(1)
  void everyServiceIsHealthyAndTheFirstOnesHaveDoneTheirWork() throws Exception {
    project.assertHealthy("init", "security");
  }

  @Test
  @Order(2) // It counts windows, so that no other sound may be on its way.
  void aSceneBecomesAlertsOnTheTopicAndTheSameRowsInPostgis() throws Exception {
    SceneSettings settings = ComposeScene.settings(SceneSettings.DEMO_PAIRS);
    SceneTruth truth = ComposeScene.compose(settings, bundle);
    Map<String, SensorSigner> signers = new TreeMap<>();
    Path last = administrator;
    for (SceneTruth.SensorTruth sensor : truth.sensors()) {
      last = letIn(sensor.sensorId());
      signers.put(sensor.sensorId(), signer(last));
    }
    // One connection for all, each record signed by its own sensor.
    try (FleetProducer fleet =
        FleetProducer.connect(
            project.bootstrapServers(),
            registry,
            false,
            as(last),
            record -> signers.get(record.key()).sign(record))) {
      scene.becomesAlertsAndRows(truth, settings, bundle, fleet);
    }
  }

  @Test
  @Order(3)
  void theSensorsContainerIsLetInAndPlaysAFolder() throws Exception {
    Recordings.writeWav(
        home.resolve("recordings/glass.wav"), Recordings.breakingGlass(Given.audio(), 1));

    // With what it depends on: what has been made and granted is so once more.
    project.compose("--profile", "sensors", "up", "--detach", "--no-build", "sensor");

    scene.hasTheSensorsGlass();
    assertThat(project.compose("--profile", "fleet", "run", "--rm", "--no-TTY", "fleet"))
        .containsPattern("compose-1 +let in +1 key believed");
  }

  @Test
  @Order(4)
  void whoComesPlainlyOrWithAnotherPasswordIsRefused() throws Exception {
    assertThat(nodes(as(analyst))).isOne();
    assertThatThrownBy(() -> nodes(Map.of()))
        .hasCauseInstanceOf(org.apache.kafka.common.errors.TimeoutException.class);

    Path wrong = Files.copy(analyst, home.resolve("wrong.properties"));
    Files.writeString(
        wrong, Files.readString(analyst).replaceFirst("password=\"[^\"]*\"", "password=\"x\""));
    assertThatThrownBy(() -> nodes(as(wrong)))
        .hasCauseInstanceOf(SaslAuthenticationException.class);
  }

  /** How many brokers answer to a client. */
  private static int nodes(Map<String, String> access)
      throws ExecutionException, InterruptedException {
    Map<String, Object> settings = new HashMap<>(access);
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, project.bootstrapServers());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
    try (Admin admin = Admin.create(settings)) {
      return admin.describeCluster().nodes().get().size();
    }
  }

  @Test
  @Order(4)
  void theDatabaseSpeaksToWhoHasThePasswordAndOverTlsAlone() throws Exception {
    String password = project.databasePassword();
    assertThat(
            new PostgisReader(trusting, password)
                .column("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        .allMatch(version -> version.startsWith("TLSv1."));
    assertThatThrownBy(
            () ->
                new PostgisReader(project.jdbcUrl() + "?sslmode=disable", password)
                    .column("SELECT 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no encryption");
    assertThatThrownBy(() -> new PostgisReader(trusting, "x").column("SELECT 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
    assertThat(
            new PostgisReader(trusting, password)
                .column(
                    "SELECT DISTINCT datname FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        + " WHERE client_addr IS NOT NULL AND NOT ssl"))
        .isEmpty();
  }

  @Test
  @Order(4)
  void aSensorCannotSpeakForAnother() throws Exception {
    Path a = letIn("gate-a");
    Path b = letIn("gate-b");
    Refusals refusals =
        new Refusals(
            new TopicReader(project.bootstrapServers(), as(administrator)), ComposeScene.PATIENCE);
    try (FleetProducer byB =
        FleetProducer.connect(project.bootstrapServers(), registry, false, as(b), signer(b))) {
      assertThat(refusals.of(byB.send(Frames.second("gate-a")).get(), "scoring"))
          .startsWith(
              UnbelievedRecordException.class.getName()
                  + ": it says that it is of sensor 'gate-a', but is signed with key ")
          .endsWith("which is not one of that sensor's");
      var moved = byB.register(Frames.sensor("gate-a", 48.1, 11.5)).get();
      for (String part : List.of("scoring", "distress", "sink")) {
        assertThat(refusals.of(moved, part)).contains("which is not one of that sensor's");
      }
    }
    try (FleetProducer byA =
        FleetProducer.connect(project.bootstrapServers(), registry, false, as(a), signer(a))) {
      byA.register(Frames.sensor("gate-a", 52.5, 13.4)).get();
    }
    ComposeScene.eventually(
        "its own word",
        () ->
            assertThat(
                    new PostgisReader(trusting, project.databasePassword())
                        .column(
                            "SELECT st_y(place::geometry) > 50 FROM tocsin.sensor"
                                + " WHERE sensor_id = 'gate-a'"))
                .containsExactly("t"));
    assertThatThrownBy(
            () ->
                new TopicReader(project.bootstrapServers(), as(b))
                    .records(Topics.DETECTIONS.name()))
        .isInstanceOf(TopicAuthorizationException.class);
  }

  @Test
  @Order(4)
  void eachContainerHoldsItsOwnSecretsAlone() throws Exception {
    Map<String, List<String>> wanted =
        Map.of(
            "kafka", List.of("authority.pem", "tocsin-broker.pem"),
            "postgis", List.of("tocsin-postgis.pem"),
            "registry", List.of("authority.pem"),
            "jobmanager", List.of("tocsin-distress.properties", "tocsin-scoring.properties"),
            "taskmanager", List.of("tocsin-distress.properties", "tocsin-scoring.properties"),
            "scoring-job", List.of("tocsin-scoring.properties"),
            "distress-job", List.of("tocsin-distress.properties"),
            "sensor-health", List.of("tocsin-sensor-health.properties"),
            "sink", List.of("authority.pem", "tocsin-sink.properties"),
            "evidence", List.of("authority.pem", "tocsin-evidence.properties"));
    for (Map.Entry<String, List<String>> service : wanted.entrySet()) {
      String found =
          project.compose(
              "exec",
              "--no-TTY",
              "--user=0",
              service.getKey(),
              "sh",
              "-c",
              "cd /run/tocsin && stat -c '%n %a' *");
      String mode = service.getKey().equals("registry") ? " 644" : " 600";
      assertThat(found.lines())
          .as(service.getKey())
          .containsExactlyInAnyOrderElementsOf(
              service.getValue().stream().map(file -> file + mode).toList());
    }
  }
}
