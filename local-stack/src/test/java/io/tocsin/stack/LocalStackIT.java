package io.tocsin.stack;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.part.Part;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.server.FlinkRest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers, started, used, stopped and started again. */
class LocalStackIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path home;

  private StackSettings settings() {
    return new StackSettings(home, "it", Given.ports(), true, false, 2, 4);
  }

  @AfterEach
  void removeTheClusterOutsideTheHome() {
    ClusterFolder.candidates(settings().stateDir()).forEach(Folders::delete);
  }

  @Test
  void aStackServesAndGoesOnAfterARestart() throws Exception {
    List<StackFile.Held> processes;
    Map<String, Integer> ids;
    try (LocalStack stack = LocalStack.start(settings(), line -> {})) {
      assertThat(RunningStack.endpoints(stack.stateDir())).as("before it is ready").isEmpty();
      topicsAndSlotsAreThere(stack);
      ids = schemaIds(stack);
      inDatabase(stack, "CREATE TABLE note AS SELECT 'kept'::text AS said");
      anotherStartIsRefused();
      runDistressJobUntilItHasACheckpoint(stack);

      stack.markReady();
      assertThat(RunningStack.endpoints(stack.stateDir())).contains(stack.endpoints());
      assertThat(stack.unexpectedEnd()).isNotDone();
      processes = StackFile.read(stack.stateDir()).orElseThrow().processes();
      assertThat(processes).hasSize(5).allMatch(StackFile.Held::isAlive);
    }
    assertThat(processes).noneMatch(StackFile.Held::isAlive);
    assertThat(StackFile.read(settings().stateDir())).isEmpty();

    try (LocalStack stack = LocalStack.start(settings(), line -> {})) {
      assertThat(schemaIds(stack)).isEqualTo(ids);
      assertThat(inDatabase(stack, "SELECT said FROM note")).isEqualTo("kept");
      assertThat(patternsPublished(stack)).isEqualTo(1);
      stack.startPart(distressJob(), home);
      FlinkRest.Job job = onlyJob(stack);
      assertThat(
              stack
                  .flink()
                  .json("/jobs/" + job.id() + "/checkpoints")
                  .at("/latest/restored/external_path")
                  .asText())
          .contains("/checkpoints/tocsin-distress/");
    }
  }

  private static void topicsAndSlotsAreThere(LocalStack stack) throws Exception {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", stack.endpoints().bootstrapServers()))) {
      assertThat(admin.listTopics().names().get())
          .contains(Topics.AUDIO_FRAMES.name(), Topics.DETECTIONS.dlq());
    }
    assertThat(stack.flink().overview().slots()).isEqualTo(4);
    assertThat(patternsPublished(stack)).isEqualTo(1);
    assertThat(inDatabase(stack, "SELECT PostGIS_Version()")).matches("3\\..*");
    assertThat(Files.getPosixFilePermissions(Path.of(stack.endpoints().databasePasswordFile())))
        .containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
  }

  private void anotherStartIsRefused() {
    assertThatThrownBy(() -> LocalStack.start(settings(), line -> {}))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("stack it already runs");
  }

  private void runDistressJobUntilItHasACheckpoint(LocalStack stack) throws Exception {
    stack.startPart(distressJob(), home);
    String job = onlyJob(stack).id();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                stack.flink().json("/jobs/" + job + "/checkpoints").at("/counts/completed").asInt()
                    > 0);
    await().atMost(PATIENCE).until(() -> stack.flink().sumOfMetric(job, "numRecordsIn") > 0);
  }

  private static FlinkRest.Job onlyJob(LocalStack stack) throws Exception {
    assertThat(stack.flink().jobs()).hasSize(1).allMatch(FlinkRest.Job::isFullyRunning);
    return stack.flink().jobs().get(0);
  }

  private static Part distressJob() {
    return Part.ALL.stream()
        .filter(part -> part.name().equals("tocsin-distress"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theEndOfAServerIsNoticedAndNamed() throws Exception {
    try (LocalStack stack = LocalStack.start(settings(), line -> {})) {
      stack.markReady();
      StackFile.Held registry =
          StackFile.read(stack.stateDir()).orElseThrow().processes().stream()
              .filter(held -> held.name().equals("registry"))
              .findFirst()
              .orElseThrow();

      ProcessHandle.of(registry.process().pid()).orElseThrow().destroyForcibly();

      assertThat(stack.unexpectedEnd())
          .succeedsWithin(PATIENCE)
          .extracting(Child::name, Child::exitCode)
          .containsExactly("registry", 137);
    }
  }

  private static long patternsPublished(LocalStack stack) throws Exception {
    return PatternCount.of(stack.endpoints().bootstrapServers());
  }

  private static Map<String, Integer> schemaIds(LocalStack stack) throws Exception {
    SchemaRegistryClient registry =
        Registry.connect(new RegistrySettings(stack.endpoints().registryUrl(), false));
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (Topic<?> topic : Topics.all()) {
      ids.put(topic.subject(), registry.getLatestSchemaMetadata(topic.subject()).getId());
    }
    return ids;
  }

  private static String inDatabase(LocalStack stack, String sql) throws Exception {
    try (Connection connection = stack.connect();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }
}
