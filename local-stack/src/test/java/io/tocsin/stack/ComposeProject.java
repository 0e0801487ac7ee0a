package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.process.ShortCommand;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.commons.lang3.StringUtils;

/**
 * The users' docker-compose.yml under a project name, on ports and with image tags of its own, so
 * that it meets no stack that runs beside it.
 *
 * @param environment what a user writes into .env
 * @param laidOver further compose files of the checkout
 */
record ComposeProject(
    String name, StackPorts ports, Map<String, String> environment, List<String> laidOver) {

  private static final String VERSION_OF_IMAGES = "TOCSIN_VERSION";
  private static final String DATABASE_PASSWORD = "TOCSIN_DB_PASSWORD";

  /** Every service that goes on. */
  private static final List<String> LASTING =
      List.of(
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

  /** The images that the two of Tocsin are made from. */
  private static final Pattern BUILT_UPON =
      Pattern.compile("(?m)^FROM (\\S+:\\S+) AS (?:flink|tocsin)$");

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A project that can be brought up. Skips the test where no engine answers, or where an image is
   * missing: a test pulls nothing.
   *
   * @param audio folder that the profile sensors plays
   * @param laidOver further compose files of the checkout
   */
  static ComposeProject given(Path bundle, Path audio, String... laidOver)
      throws IOException, InterruptedException {
    requireEngine();
    StackPorts ports = Given.ports();
    String name = "tocsin-it-" + ProcessHandle.current().pid();
    ComposeProject project =
        new ComposeProject(
            name,
            ports,
            Map.of(
                VERSION_OF_IMAGES,
                "0-" + name,
                DATABASE_PASSWORD,
                secret(),
                "TOCSIN_REGISTRY_DB_PASSWORD",
                secret(),
                "TOCSIN_BUNDLE",
                bundle.toString(),
                "TOCSIN_AUDIO",
                audio.toString(),
                "TOCSIN_KAFKA_PORT",
                "" + ports.kafka(),
                "TOCSIN_REGISTRY_PORT",
                "" + ports.registry(),
                "TOCSIN_FLINK_PORT",
                "" + ports.flink(),
                "TOCSIN_POSTGRES_PORT",
                "" + ports.postgres()),
            List.of(laidOver));
    project.requireImages();
    return project;
  }

  private static void requireEngine() throws InterruptedException {
    for (List<String> question :
        List.of(
            List.of("docker", "version", "--format", "{{.Server.Version}}"),
            List.of("docker", "compose", "version", "--short"),
            List.of("docker", "buildx", "version"))) {
      ShortCommand.Outcome outcome = ShortCommand.run(question);
      assumeTrue(
          outcome.succeeded(),
          () ->
              "no Docker engine with compose and buildx answers here; start one to run this test ("
                  + String.join(" ", question)
                  + ": "
                  + StringUtils.substringBefore(outcome.output(), "\n")
                  + ")");
    }
  }

  private void requireImages() throws IOException, InterruptedException {
    Set<String> missing = new TreeSet<>();
    List<String> wanted = new ArrayList<>();
    BUILT_UPON
        .matcher(Files.readString(Given.CHECKOUT.resolve("Dockerfile")))
        .results()
        .forEach(image -> wanted.add(image.group(1)));
    compose("config", "--images")
        .lines()
        .filter(image -> !image.startsWith("tocsin/"))
        .forEach(wanted::add);
    for (String image : wanted) {
      if (!ShortCommand.run(List.of("docker", "image", "inspect", image)).succeeded()) {
        missing.add(image);
      }
    }
    assumeTrue(
        missing.isEmpty(),
        () ->
            "images are missing: "
                + String.join(", ", missing)
                + "; pull them, or make stand-ins with docker/standins/build, to run this test");
  }

  private static String secret() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** Brings everything up, with images built of this very build's jars, and waits for health. */
  void up() throws InterruptedException {
    ShortCommand.Outcome outcome =
        run("up", "--build", "--pull", "never", "--wait", "--wait-timeout", "300");
    assertThat(outcome.succeeded()).as(() -> outcome.output() + "\n" + logs()).isTrue();
  }

  /** Runs a command of docker compose, which must succeed; what it said. */
  String compose(String... arguments) throws InterruptedException {
    ShortCommand.Outcome outcome = run(arguments);
    assertThat(outcome.succeeded())
        .as(() -> "docker compose " + String.join(" ", arguments) + ":\n" + outcome.output())
        .isTrue();
    return outcome.output();
  }

  private ShortCommand.Outcome run(String... arguments) throws InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "docker",
                "compose",
                "--ansi",
                "never",
                "--progress",
                "plain",
                "--project-name",
                name,
                "--file",
                Given.CHECKOUT.resolve("docker-compose.yml").toString(),
                "--file",
                Given.CHECKOUT.resolve("docker/compose.prebuilt.yml").toString()));
    laidOver.forEach(
        file -> command.addAll(List.of("--file", Given.CHECKOUT.resolve(file).toString())));
    command.addAll(List.of(arguments));
    return ShortCommand.run(command, environment);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + ports.kafka();
  }

  SchemaRegistryClient registry() {
    return Registry.connect(new RegistrySettings(registryUrl(), false));
  }

  String registryUrl() {
    return "http://127.0.0.1:" + ports.registry() + "/apis/ccompat/v7";
  }

  FlinkRest flink() {
    return new FlinkRest("http://127.0.0.1:" + ports.flink());
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + ports.postgres() + "/tocsin";
  }

  String databasePassword() {
    return environment.getOrDefault(DATABASE_PASSWORD, "");
  }

  /** Every service that goes on is healthy, {@code oneShot} have done their work. */
  void assertHealthy(String... oneShot) throws InterruptedException {
    Map<String, JsonNode> containers = containers();
    for (String service : oneShot) {
      JsonNode done = containers.remove(service);
      assertThat(done).as(service).isNotNull();
      assertThat(done.path("State").asText()).as(service).isEqualTo("exited");
      assertThat(done.path("ExitCode").asInt(-1)).as(service).isZero();
    }
    assertThat(containers.keySet()).containsExactlyInAnyOrderElementsOf(LASTING);
    assertThat(containers)
        .allSatisfy(
            (service, container) ->
                assertThat(container.path("Health").asText()).as(service).isEqualTo("healthy"));
  }

  /** Each container by its service: state, health and exit code as docker compose ps tells. */
  Map<String, JsonNode> containers() throws InterruptedException {
    Map<String, JsonNode> containers = new HashMap<>();
    compose("--profile", "sensors", "ps", "--all", "--format", "json")
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(ComposeProject::json)
        .forEach(container -> containers.put(container.path("Service").asText(), container));
    return containers;
  }

  /** What every part has said last. */
  String logs() {
    try {
      return run("logs", "--no-color", "--tail", "60").output();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** Stops everything and removes what it left, with the images that were built for it. */
  void down() throws InterruptedException {
    compose(
        "--profile",
        "sensors",
        "--profile",
        "fleet",
        "down",
        "--volumes",
        "--remove-orphans",
        "--timeout",
        "30");
    for (String image : List.of("tocsin", "flink")) {
      ShortCommand.run(
          List.of(
              "docker",
              "image",
              "rm",
              "tocsin/" + image + ":" + environment.get(VERSION_OF_IMAGES)));
    }
  }

  /** Names of what the engine still has of this project. */
  List<String> leftovers() throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (List<String> question :
        List.of(
            List.of("docker", "ps", "--all", "--quiet"),
            List.of("docker", "volume", "ls", "--quiet"),
            List.of("docker", "network", "ls", "--quiet"))) {
      List<String> command = new ArrayList<>(question);
      command.addAll(List.of("--filter", "label=com.docker.compose.project=" + name));
      ShortCommand.Outcome outcome = ShortCommand.run(command);
      assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
      outcome.output().lines().forEach(line -> left.add(question.get(1) + " " + line));
    }
    return left;
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("docker compose prints no JSON: " + line, e);
    }
  }
}
