package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.health.SensorHealthSettings;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.sink.evidence.EvidenceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What docker-compose.yml promises, read from the file itself; needs no Docker. */
class ComposeFileTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** They do their work and end. */
  private static final Set<String> ONE_SHOT = Set.of("init", "sensor");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");

  static Stream<Map.Entry<String, JsonNode>> services() throws IOException {
    return services(ROOT.resolve("docker-compose.yml")).entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyPublishedPortIsOnTheLoopbackAddressAndConfigurable(
      Map.Entry<String, JsonNode> service) {
    for (JsonNode port : service.getValue().path("ports")) {
      assertThat(port.asText()).matches("127\\.0\\.0\\.1:\\$\\{TOCSIN_[A-Z]+_PORT:-[0-9]+}:[0-9]+");
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyImageHasAPinnedTag(Map.Entry<String, JsonNode> service) {
    assertThat(service.getValue().path("image").asText())
        .matches("[a-z/-]+:(\\$\\{TOCSIN_VERSION:-)?[0-9][A-Za-z0-9.-]+}?");
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyLongRunningServiceHasAHealthCheckAndComesBack(Map.Entry<String, JsonNode> service) {
    boolean lasting = !ONE_SHOT.contains(service.getKey());
    assertThat(service.getValue().path("restart").asText())
        .isEqualTo(lasting ? "unless-stopped" : "no");
    if (lasting) {
      assertThat(service.getValue().at("/healthcheck/test")).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("services")
  void everyPasswordIsRequiredFromTheEnvironment(Map.Entry<String, JsonNode> service) {
    service
        .getValue()
        .path("environment")
        .properties()
        .forEach(
            variable -> {
              if (variable.getKey().contains("PASSWORD")) {
                assertThat(variable.getValue().asText())
                    .matches("\\$\\{TOCSIN_[A-Z_]*PASSWORD:\\?[^}]+}");
              }
            });
  }

  @Test
  void theServicesAreThoseOfTheWholePipeline() throws IOException {
    assertThat(services(ROOT.resolve("docker-compose.yml")))
        .containsOnlyKeys(
            "kafka",
            "postgis",
            "registry",
            "init",
            "jobmanager",
            "taskmanager",
            "scoring-job",
            "distress-job",
            "sensor-health",
            "sink",
            "evidence",
            "sensor");
  }

  @Test
  void theExampleOfTheEnvironmentNamesEveryVariableAndSetsNoPassword() throws IOException {
    String compose = Files.readString(ROOT.resolve("docker-compose.yml"));
    Set<String> used = new TreeSet<>();
    Matcher variable = VARIABLE.matcher(compose);
    while (variable.find()) {
      used.add(variable.group(1));
    }
    used.remove("TOCSIN_VERSION"); // Of those who build releases.
    List<String> example = Files.readAllLines(ROOT.resolve(".env.example"));
    Set<String> named = new TreeSet<>();
    for (String line : example) {
      Matcher setting = Pattern.compile("#?([A-Z_]+)=(.*)").matcher(line);
      if (setting.matches()) {
        named.add(setting.group(1));
        if (setting.group(1).contains("PASSWORD")) {
          assertThat(setting.group(2)).isEmpty();
        }
      }
    }
    assertThat(named).isEqualTo(used);
  }

  @Test
  void prebuiltJarsReplaceTheBuildOfEveryImageBuiltHere() throws IOException {
    List<String> built = new ArrayList<>();
    services(ROOT.resolve("docker-compose.yml"))
        .forEach(
            (name, service) -> {
              if (service.has("build")) {
                built.add(name);
              }
            });
    Map<String, JsonNode> prebuilt = services(ROOT.resolve("docker/compose.prebuilt.yml"));
    assertThat(prebuilt).containsOnlyKeys(built.toArray(new String[0]));
    prebuilt
        .values()
        .forEach(
            service -> assertThat(service.at("/build/args/JARS").asText()).isEqualTo("prebuilt"));
  }

  @Test
  void eachImageOfOursIsBuiltByOneServiceAndPulledByNone() throws IOException {
    Map<String, List<JsonNode>> ours = new LinkedHashMap<>();
    services(ROOT.resolve("docker-compose.yml"))
        .values()
        .forEach(
            service ->
                ours.computeIfAbsent(service.path("image").asText(), i -> new ArrayList<>())
                    .add(service));
    ours.keySet().removeIf(image -> !image.startsWith("tocsin/"));
    assertThat(ours).hasSize(2);
    assertThat(ours.values())
        .allSatisfy(
            services -> {
              assertThat(services).filteredOn(service -> service.has("build")).hasSize(1);
              assertThat(services)
                  .allMatch(service -> service.path("pull_policy").asText().equals("never"));
            });
  }

  @Test
  void eachWayToTheJarsHasItsStages() throws IOException {
    List<String> stages =
        Pattern.compile("(?m)^FROM \\S+ AS (\\S+)$")
            .matcher(Files.readString(ROOT.resolve("Dockerfile")))
            .results()
            .map(stage -> stage.group(1))
            .toList();
    assertThat(stages)
        .contains("built-tocsin-lib", "built-flink-lib")
        .contains("prebuilt-tocsin-lib", "prebuilt-flink-lib")
        .contains("tocsin", "flink");
  }

  @Test
  void thePartsUnderstandTheirSettings() {
    String folder = ROOT.resolve("docker/config").toString();
    ScoringJobSettings scoring =
        SettingsFile.read(
            ScoringJobSettings.class,
            "--config=" + folder + "/scoring.yaml",
            "--environment.cluster=jobmanager:8081",
            "--environment.parallelism=2");
    DistressJobSettings distress =
        SettingsFile.read(DistressJobSettings.class, "--config=" + folder + "/distress.yaml");
    SensorHealthSettings health =
        SettingsFile.read(SensorHealthSettings.class, "--config=" + folder + "/health.yaml");

    EvidenceSettings evidence = EvidenceSettings.read(Path.of(folder, "evidence.yaml"), Map.of());

    assertThat(scoring.bundle()).isEqualTo("/bundle");
    assertThat(scoring.environment())
        .satisfies(where -> assertThat(where.parallelism()).isEqualTo(2));
    assertThat(List.of(scoring.kafka(), distress.kafka(), health.kafka()))
        .allSatisfy(
            kafka -> {
              assertThat(kafka.bootstrapServers()).isEqualTo("kafka:9092");
              assertThat(kafka.registryUrl()).isEqualTo("http://registry:8080/apis/ccompat/v7");
              assertThat(kafka.autoRegister()).isFalse();
            })
        .extracting("groupId")
        .doesNotHaveDuplicates();
    assertThat(evidence.kafka().bootstrapServers()).isEqualTo("kafka:9092");
    assertThat(evidence.kafka().registryUrl()).isEqualTo("http://registry:8080/apis/ccompat/v7");
  }

  /** The services by name, with the merge keys of YAML resolved. */
  private static Map<String, JsonNode> services(Path file) throws IOException {
    Object tree = new Yaml().load(Files.readString(file));
    Map<String, JsonNode> services = new LinkedHashMap<>();
    new YAMLMapper()
        .valueToTree(tree)
        .path("services")
        .properties()
        .forEach(e -> services.put(e.getKey(), e.getValue()));
    return services;
  }
}
