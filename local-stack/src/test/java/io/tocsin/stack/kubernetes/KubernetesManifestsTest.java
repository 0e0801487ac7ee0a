package io.tocsin.stack.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.health.SensorHealthSettings;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.sink.SinkSettings;
import io.tocsin.sink.evidence.EvidenceSettings;
import io.tocsin.stack.kubernetes.Manifests.Manifest;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What deploy/kubernetes promises, against the kinds' definitions and the code that it runs; needs
 * no cluster. When topics or rights change, run it once with {@code -Dtocsin.manifests.record=true}
 * and commit what it wrote.
 */
class KubernetesManifestsTest {

  private static final Path GPU = Manifests.FOLDER.resolve("gpu");

  /** Made by Strimzi for its cluster, and by whoever installs, as docs/KUBERNETES.md says. */
  private static final Set<String> OTHERS_SECRETS =
      Set.of("tocsin-cluster-ca-cert", "tocsin-database");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Z_]+)}");

  private static StrictKinds kinds;

  @BeforeAll
  static void readDefinitions() throws IOException {
    kinds = new StrictKinds();
  }

  static List<Manifest> manifests() throws IOException {
    return Manifests.all();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void everyManifestFitsItsKind(Manifest manifest) {
    assertThat(kinds.wrong(manifest.content())).isEmpty();
  }

  @Test
  void whatAKindDoesNotKnowIsFound() throws IOException {
    for (Manifest manifest :
        List.of(
            Manifests.only("FlinkDeployment", "tocsin-scoring"),
            Manifests.only("Kafka", "tocsin"),
            Manifests.only("StatefulSet", "sink"))) {
      ObjectNode slip = manifest.content().deepCopy();
      ((ObjectNode) slip.get("spec")).put("paralelism", 4);
      assertThat(kinds.wrong(slip)).as(manifest.toString()).isNotEmpty();
    }
    ObjectNode deep = Manifests.only("FlinkDeployment", "tocsin-scoring").content().deepCopy();
    ((ObjectNode) deep.at("/spec/podTemplate/spec/containers/0")).put("enviroment", "x");
    assertThat(kinds.wrong(deep)).isNotEmpty();
  }

  @Test
  void topicsUsersAndRightsAreTheCodes() throws IOException {
    Map<Path, String> wanted =
        Map.of(
            Manifests.FOLDER.resolve("topics.yaml"), StrimziManifests.topics(),
            Manifests.FOLDER.resolve("users.yaml"), StrimziManifests.users(),
            Manifests.FOLDER.resolve("sensors/gate-3.yaml"), StrimziManifests.sensor("gate-3"));
    for (Map.Entry<Path, String> file : wanted.entrySet()) {
      if (Boolean.getBoolean("tocsin.manifests.record")) {
        Files.writeString(file.getKey(), file.getValue());
      }
      assertThat(file.getKey()).hasContent(file.getValue());
    }
  }

  @Test
  void aKustomizationNamesEveryFileBesideIt() throws IOException {
    for (Path folder : List.of(Manifests.FOLDER, GPU)) {
      JsonNode kustomization =
          Manifests.YAML.readTree(folder.resolve("kustomization.yaml").toFile());
      Set<String> named = new TreeSet<>();
      kustomization.path("resources").forEach(file -> named.add(file.asText()));
      kustomization.path("patches").forEach(patch -> named.add(patch.path("path").asText()));
      named.remove("..");
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(named)
            .containsExactlyInAnyOrderElementsOf(
                files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml") && !name.equals("kustomization.yaml"))
                    .toList());
      }
    }
  }

  @Test
  void thePartsTakeTheirSettings(@TempDir Path folder) throws IOException {
    JsonNode settings = Manifests.only("ConfigMap", "tocsin-settings").content().get("data");
    Map<String, Class<?>> types =
        Map.of(
            "scoring.yaml", ScoringJobSettings.class,
            "distress.yaml", DistressJobSettings.class,
            "health.yaml", SensorHealthSettings.class);
    for (Map.Entry<String, Class<?>> type : types.entrySet()) {
      Path file =
          Files.writeString(folder.resolve(type.getKey()), settings.get(type.getKey()).asText());
      assertThatCode(() -> SettingsFile.read(type.getValue(), "--config=" + file))
          .as(type.getKey())
          .doesNotThrowAnyException();
    }
    Path sink = Files.writeString(folder.resolve("sink.yaml"), settings.get("sink.yaml").asText());
    assertThat(SinkSettings.read(sink, Map.of("kafka.instanceId", "sink-0")).kafka().instanceId())
        .isEqualTo("sink-0");
    Path evidence =
        Files.writeString(folder.resolve("evidence.yaml"), settings.get("evidence.yaml").asText());
    assertThat(EvidenceSettings.read(evidence, Map.of())).isNotNull();
  }

  @Test
  void everyProgramThatIsStartedExists() throws IOException {
    List<String> classes = new ArrayList<>();
    for (Manifest job : Manifests.of("FlinkDeployment")) {
      classes.add(job.content().at("/spec/job/entryClass").asText());
    }
    classes.removeIf(String::isEmpty); // a patch says only what differs
    for (JsonNode container : containers()) {
      if (container.path("image").asText().startsWith("tocsin/tocsin:") && container.has("args")) {
        classes.add(container.at("/args/0").asText());
      }
    }
    assertThat(classes).hasSize(6);
    for (String name : classes) {
      assertThatCode(() -> Class.forName(name).getMethod("main", String[].class))
          .doesNotThrowAnyException();
    }
  }

  /** Of pods that we start, those of Flink's jobs too. */
  private static List<JsonNode> containers() throws IOException {
    List<JsonNode> containers = new ArrayList<>();
    for (JsonNode pod : pods()) {
      pod.path("containers").forEach(containers::add);
    }
    return containers;
  }

  private static List<JsonNode> pods() throws IOException {
    List<JsonNode> pods = new ArrayList<>();
    for (Manifest manifest : Manifests.all()) {
      for (String at : List.of("/spec/template/spec", "/spec/podTemplate/spec")) {
        JsonNode pod = manifest.content().at(at);
        if (pod.has("containers")) {
          pods.add(pod);
        }
      }
    }
    assertThat(pods).hasSize(8);
    return pods;
  }

  @Test
  void noSecretStandsInAManifestAndEachThatIsNamedIsMade() throws IOException {
    Set<String> users = new TreeSet<>();
    Manifests.of("KafkaUser").forEach(user -> users.add(user.name()));
    assertThat(Manifests.of("Secret")).isEmpty();
    for (JsonNode container : containers()) {
      for (JsonNode variable : container.path("env")) {
        JsonNode secret = variable.at("/valueFrom/secretKeyRef/name");
        if (variable.path("name").asText().contains("PASSWORD")) {
          assertThat(secret.isTextual()).as(variable.toString()).isTrue();
        }
        if (secret.isTextual()) {
          assertThat(users.contains(secret.asText()) || OTHERS_SECRETS.contains(secret.asText()))
              .as("secret " + secret.asText())
              .isTrue();
        }
      }
    }
  }

  @Test
  void whoeverReadsTheCredentialsHasTheVariablesThatTheyWantAndAFileOfItsOwn() throws IOException {
    String text =
        Manifests.only("ConfigMap", "tocsin-settings")
            .content()
            .at("/data/kafka.properties")
            .asText();
    Properties credentials = new Properties();
    credentials.load(new StringReader(text));
    Set<String> wanted = new TreeSet<>();
    VARIABLE.matcher(text).results().forEach(found -> wanted.add(found.group(1)));
    assertThat(wanted).containsExactly("KAFKA_PASSWORD", "KAFKA_USER");
    int readers = 0;
    for (JsonNode pod : pods()) {
      for (JsonNode container : pod.path("containers")) {
        Map<String, JsonNode> environment = new TreeMap<>();
        container.path("env").forEach(v -> environment.put(v.path("name").asText(), v));
        JsonNode file = environment.get("TOCSIN_KAFKA_CREDENTIALS");
        if (file == null) {
          continue;
        }
        readers++;
        assertThat(environment.keySet()).containsAll(wanted);
        assertThat(environment.get("KAFKA_PASSWORD").at("/valueFrom/secretKeyRef/name").asText())
            .isEqualTo(environment.get("KAFKA_USER").path("value").asText());
        JsonNode copies = pod.at("/initContainers/0/command");
        assertThat(copies.get(copies.size() - 1).asText()).isEqualTo(file.path("value").asText());
        List<String> mounted = new ArrayList<>();
        container.path("volumeMounts").forEach(m -> mounted.add(m.path("mountPath").asText()));
        assertThat(mounted)
            .contains(
                Path.of(file.path("value").asText()).getParent().toString(),
                Path.of(credentials.getProperty("ssl.truststore.location")).getParent().toString());
      }
    }
    assertThat(readers).isEqualTo(6);
  }

  @Test
  void everyVolumeThatIsMountedIsThere() throws IOException {
    for (Manifest manifest : Manifests.all()) {
      JsonNode pod =
          manifest.kind().equals("FlinkDeployment")
              ? manifest.content().at("/spec/podTemplate/spec")
              : manifest.content().at("/spec/template/spec");
      Set<String> there = new TreeSet<>();
      pod.path("volumes").forEach(volume -> there.add(volume.path("name").asText()));
      manifest
          .content()
          .at("/spec/volumeClaimTemplates")
          .forEach(claim -> there.add(claim.at("/metadata/name").asText()));
      for (String kind : List.of("initContainers", "containers")) {
        for (JsonNode container : pod.path(kind)) {
          container
              .path("volumeMounts")
              .forEach(m -> assertThat(there).contains(m.path("name").asText()));
        }
      }
    }
  }

  @Test
  void readyIsWhatGetsItsWorkDoneAndOnlyWhatHangsIsRestarted() throws IOException {
    JsonNode settings = Manifests.only("ConfigMap", "tocsin-settings").content().get("data");
    Map<String, String> ports =
        Map.of("sink", "metricsPort", "evidence", "healthPort", "health", "healthPort");
    for (Map.Entry<String, String> port : ports.entrySet()) {
      String number =
          Manifests.YAML
              .readTree(settings.get(port.getKey() + ".yaml").asText())
              .path(port.getValue())
              .asText();
      List<JsonNode> parts =
          containers().stream()
              .filter(c -> c.path("args").toString().contains("/" + port.getKey() + ".yaml"))
              .toList();
      assertThat(parts).as(port.getKey()).hasSize(1);
      assertThat(words(parts.get(0).at("/readinessProbe/exec/command")))
          .containsExactly("http-ok", "127.0.0.1", number, "/health");
      assertThat(words(parts.get(0).at("/livenessProbe/exec/command")))
          .containsExactly("http-ok", "127.0.0.1", number, "/health/live");
    }
  }

  private static List<String> words(JsonNode command) {
    List<String> words = new ArrayList<>();
    command.forEach(word -> words.add(word.asText()));
    return words;
  }

  @Test
  void theDatabaseIsMadeReadyAsInCompose() throws IOException {
    assertThat(
            Manifests.only("ConfigMap", "postgis-init")
                .content()
                .at("/data/20-registry.sh")
                .asText())
        .isEqualTo(
            Files.readString(Manifests.FOLDER.resolve("../../docker/postgis/20-registry.sh")));
  }

  @Test
  void theSameImagesRunAsInCompose() throws IOException {
    String compose = Files.readString(Manifests.FOLDER.resolve("../../docker-compose.yml"));
    for (JsonNode container : containers()) {
      String image = container.path("image").asText();
      if (!image.isEmpty() && !image.startsWith("tocsin/")) {
        assertThat(compose).contains("image: " + image + "\n");
      }
    }
  }
}
