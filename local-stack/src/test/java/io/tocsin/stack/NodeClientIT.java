package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Sensor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's lines for other languages, run as they stand in a copy of the examples. */
class NodeClientIT {

  private static final String SENSOR = "gate-3";
  private static final double METRES_PER_SECOND = 340.4;
  private static final double METRES_PER_DEGREE = 111_195;

  private static final Pattern SNIPPET =
      Pattern.compile("<!-- tested: node -->\\s*```\\w*\\n(.*?)```", Pattern.DOTALL);

  /** How npm says that it cannot reach its registry and has not what it wants at hand. */
  private static final Pattern NO_NETWORK =
      Pattern.compile(
          "ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED");

  @TempDir private static Path home;

  private static WholeSystem system;

  /** A checkout as far as the lines need one. */
  private static Path copy() {
    return home.resolve("checkout");
  }

  @BeforeAll
  static void startEverything() throws Exception {
    Given.bundle();
    Given.audio();
    Path examples = Files.createDirectories(copy().resolve("examples/node"));
    try (Stream<Path> files = Files.list(Given.CHECKOUT.resolve("examples/node"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, examples.resolve(file.getFileName()));
      }
    }
    requireNodeAndItsPackages(examples);
    system = WholeSystem.start(home, "node");
  }

  @AfterAll
  static void stopEverything() {
    if (system != null) {
      system.close();
    }
  }

  private static void requireNodeAndItsPackages(Path examples) throws Exception {
    for (String program : List.of("node", "npm")) {
      assumeTrue(
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
          program + " is not on the PATH; install Node.js 20 or newer to run this test");
    }
    int exit = shell(examples, "npm ci", "npm.log").waitFor();
    String said = Files.readString(home.resolve("npm.log"));
    assumeTrue(
        exit == 0 || !NO_NETWORK.matcher(said).find(),
        "npm reaches no registry and its cache lacks something: " + said);
    assertThat(exit).as(said).isZero();
  }

  @Test
  void framesFromNodeAreScoredAndNodeReadsWhatComesOfThem() throws Exception {
    long windows = system.scoringCount("windowsScored");
    short[] audio = Recordings.breakingGlass(Given.audio(), 1);
    Recordings.writeWav(copy().resolve("examples/node/recording.wav"), audio);
    List<Detection> others = cryBehindBreakingGlass();

    Process lines = shell(copy(), snippet(), "snippet.log");
    try {
      publish(others);
      await()
          .atMost(Duration.ofSeconds(90))
          .untilAsserted(
              () -> {
                assertThat(lines.isAlive()).as(NodeClientIT::said).isTrue();
                assertNodeReadWhatKafkaHolds(others);
              });
    } finally {
      // The reader reads until it is stopped, and ends well then.
      lines.descendants().forEach(ProcessHandle::destroy);
    }
    assertThat(lines.waitFor()).as(NodeClientIT::said).isZero();
    assertThat(said()).contains(SENSOR + ": ", "frames published to tocsin.audio-frames.v1");
    system.awaitScoringCount("windowsScored", windows + Frames.windowsOf(audio.length));
    assertThat(read(Topics.DETECTIONS.name()))
        .extracting(detection -> detection.path("detectionId").asText())
        .doesNotHaveDuplicates();
    system.assertNothingStopped();
  }

  private static void assertNodeReadWhatKafkaHolds(List<Detection> published) {
    List<Detection> detections = system.values(Topics.DETECTIONS);
    assertThat(detections)
        .extracting(Detection::getSensorId, Detection::getLabel)
        .contains(tuple(SENSOR, "glass_shatter"));
    assertThat(detections).containsAll(published);
    assertThat(read(Topics.DETECTIONS.name()))
        .extracting(
            detection -> detection.path("detectionId").asText(),
            detection -> detection.path("label").asText(),
            detection -> detection.path("probability").asDouble())
        .containsExactlyInAnyOrderElementsOf(
            detections.stream()
                .map(d -> tuple(d.getDetectionId(), d.getLabel(), d.getProbability()))
                .toList());
    Map<String, Integer> revisions =
        system.values(Topics.DISTRESS_ALERTS).stream()
            .collect(
                Collectors.toMap(DistressAlert::getAlertId, DistressAlert::getRevision, Math::max));
    assertThat(revisions).isNotEmpty();
    assertThat(
            read(Topics.DISTRESS_ALERTS.name()).stream()
                .collect(
                    Collectors.toMap(
                        alert -> alert.path("alertId").asText(),
                        alert -> alert.path("revision").asInt(),
                        Math::max)))
        .isEqualTo(revisions);
  }

  /** What four sensors around a place detect of glass that breaks there and a cry soon after. */
  private static List<Detection> cryBehindBreakingGlass() {
    double latitudeDegrees = 48.1372;
    double longitudeDegrees = 11.5756;
    Instant glassAt = Frames.now();
    List<double[]> offsetsMetres =
        List.of(
            new double[] {-80, -120},
            new double[] {130, -90},
            new double[] {110, 100},
            new double[] {-120, 70});
    return Stream.of(Map.entry("glass_shatter", 0), Map.entry("shout_scream", 3))
        .flatMap(
            sound ->
                offsetsMetres.stream()
                    .map(
                        offset ->
                            detection(
                                "square-" + offsetsMetres.indexOf(offset),
                                sound.getKey(),
                                latitudeDegrees + offset[1] / METRES_PER_DEGREE,
                                longitudeDegrees
                                    + offset[0]
                                        / METRES_PER_DEGREE
                                        / Math.cos(Math.toRadians(latitudeDegrees)),
                                glassAt
                                    .plusSeconds(sound.getValue())
                                    .plusNanos(
                                        1_000
                                            * Math.round(
                                                1e6
                                                    * Math.hypot(offset[0], offset[1])
                                                    / METRES_PER_SECOND)))))
        .toList();
  }

  private static Detection detection(
      String sensorId,
      String label,
      double latitudeDegrees,
      double longitudeDegrees,
      Instant onsetAt) {
    return Detection.newBuilder()
        .setDetectionId(sensorId + "-" + label)
        .setSensorId(sensorId)
        .setPlace(Frames.sensor(sensorId, latitudeDegrees, longitudeDegrees).getPlace())
        .setLabel(label)
        .setProbability(0.95)
        .setScore(0.9f)
        .setOnsetAt(onsetAt)
        .setOnsetSigmaMicros(5_000)
        .setEndAt(onsetAt.plusSeconds(1))
        .setLevelDbfs(-20)
        .setClock(Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build())
        .setModel(
            ModelRef.newBuilder().setId("test").setVersion("1").setDigest("0".repeat(64)).build())
        .build();
  }

  /** Sensors first, so that the detections find them. */
  private static void publish(List<Detection> detections) throws Exception {
    for (Detection detection : detections) {
      Sensor sensor =
          Frames.sensor(
              detection.getSensorId(),
              detection.getPlace().getLatitudeDegrees(),
              detection.getPlace().getLongitudeDegrees());
      system.publish(Topics.SENSORS, sensor);
    }
    for (Detection detection : detections) {
      system.publish(Topics.DETECTIONS, detection);
    }
  }

  private static String snippet() throws IOException {
    Matcher block = SNIPPET.matcher(Files.readString(Given.CHECKOUT.resolve("README.md")));
    assertThat(block.find()).as("README.md has a block after <!-- tested: node -->").isTrue();
    return block.group(1);
  }

  private static Process shell(Path folder, String lines, String log) throws IOException {
    Path script = Files.writeString(home.resolve(log + ".sh"), lines);
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-e", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve(log).toFile());
    bash.environment().put("npm_config_prefer_offline", "true");
    if (system != null) {
      bash.environment().put("TOCSIN_KAFKA_PORT", portOf(system.endpoints().bootstrapServers()));
      bash.environment()
          .put(
              "TOCSIN_REGISTRY_PORT",
              portOf(URI.create(system.endpoints().registryUrl()).getAuthority()));
    }
    return bash.start();
  }

  private static String portOf(String hostAndPort) {
    return hostAndPort.substring(hostAndPort.indexOf(':') + 1);
  }

  /** What the lines have said so far. */
  private static String said() {
    try {
      return Files.readString(home.resolve("snippet.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What the reader printed of a topic; its last line may not be whole yet. */
  private static List<JsonNode> read(String topic) {
    String said = said();
    return said.substring(0, said.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(NodeClientIT::json)
        .filter(line -> line.path("topic").asText().equals(topic))
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("the reader printed no JSON: " + line, e);
    }
  }
}
