package io.tocsin.stack.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.stack.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docker-compose.secure.yml promises, read from the file itself; needs no Docker. */
class SecuredComposeFileTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Where every container has its secrets. */
  private static final String SECRETS = "/run/tocsin";

  private static final String CREDENTIALS = "TOCSIN_KAFKA_CREDENTIALS";

  /** The users that containers run as: those of the official images, and the Dockerfile's own. */
  private static final Map<String, String> USERS =
      Map.of("kafka", "1000", "postgis", "999", "jobmanager", "9999", "taskmanager", "9999");

  private static final String TOCSIN_USER = "10001";

  private static Map<String, JsonNode> plain;
  private static Map<String, JsonNode> secured;

  @BeforeAll
  static void readFiles() throws IOException {
    plain = services("docker-compose.yml");
    secured = services("docker-compose.secure.yml");
  }

  private static Map<String, JsonNode> services(String file) throws IOException {
    Object tree = new Yaml().load(Files.readString(ROOT.resolve(file)));
    Map<String, JsonNode> services = new LinkedHashMap<>();
    new YAMLMapper()
        .valueToTree(tree)
        .path("services")
        .properties()
        .forEach(e -> services.put(e.getKey(), e.getValue()));
    return services;
  }

  /** Kafka's settings, as its image reads them from the environment. */
  private static Map<String, String> broker() {
    Map<String, String> settings = new TreeMap<>();
    for (Map<String, JsonNode> file : List.of(plain, secured)) {
      file.get("kafka")
          .path("environment")
          .properties()
          .forEach(
              variable -> {
                if (variable.getKey().startsWith("KAFKA_")) {
                  settings.put(
                      variable
                          .getKey()
                          .substring("KAFKA_".length())
                          .toLowerCase(Locale.ROOT)
                          .replace("___", "-")
                          .replace('_', '.'),
                      variable.getValue().asText().replace("$$", "$"));
                }
              });
    }
    return settings;
  }

  private static Map<String, String> byListener(String setting, String separator) {
    Map<String, String> listeners = new HashMap<>();
    for (String listener : broker().getOrDefault(setting, "").split(",", -1)) {
      String[] parts = listener.split(Pattern.quote(separator), 2);
      listeners.put(parts[0], parts[1]);
    }
    return listeners;
  }

  @Test
  void theBrokerIsSecuredAsThatOfAStack() {
    Map<String, String> stacks =
        new BrokerSecurity(
                1,
                Path.of("key"),
                Path.of("authority"),
                List.of("tocsin-broker", Role.ADMIN.user()),
                "",
                Map.of(),
                Map.of())
            .properties(2, 3);
    Map<String, String> ours = broker();
    for (String setting :
        List.of(
            "sasl.enabled.mechanisms",
            "ssl.keystore.type",
            "ssl.truststore.type",
            "ssl.principal.mapping.rules",
            "listener.name.controller.ssl.client.auth",
            "authorizer.class.name",
            "allow.everyone.if.no.acl.found",
            "super.users")) {
      assertThat(ours).as(setting).containsEntry(setting, stacks.get(setting));
    }
    assertThat(ours.get("listener.name.broker.ssl.client.auth"))
        .isEqualTo(stacks.get("listener.name.inside.ssl.client.auth"));
    for (String listener : List.of("inside", "outside")) {
      assertThat(ours.get("listener.name." + listener + ".scram-sha-512.sasl.jaas.config"))
          .isEqualTo(stacks.get("listener.name.broker.scram-sha-512.sasl.jaas.config"));
    }
  }

  @Test
  void nobodyOutsideTheBrokersContainerReachesItPlainly() {
    Map<String, String> protocols = byListener("listener.security.protocol.map", ":");
    Map<String, String> addresses = byListener("listeners", "://");
    assertThat(protocols.keySet()).isEqualTo(addresses.keySet());
    addresses.forEach(
        (listener, address) ->
            assertThat(protocols.get(listener))
                .as(listener)
                .isIn(
                    address.startsWith("127.0.0.1:")
                        ? Set.of("PLAINTEXT")
                        : listener.equals("BROKER") || listener.equals("CONTROLLER")
                            ? Set.of("SSL")
                            : Set.of("SASL_SSL")));
    assertThat(addresses.get("PROBE"))
        .isEqualTo("127.0.0.1:" + secured.get("kafka").at("/environment/PROBE_PORT").asText());
  }

  @Test
  void whoeverHasCredentialsIsHandedThemAsItsOwn() {
    Map<String, String> handOuts = new HashMap<>();
    for (JsonNode argument : secured.get("security").path("command")) {
      if (argument.asText().startsWith("--hand-out=/hand-out/")) {
        String[] parts = argument.asText().substring("--hand-out=".length()).split("=", 2);
        handOuts.put(parts[0], parts[1]);
      }
    }
    Map<String, String> folders = new HashMap<>();
    for (JsonNode volume : secured.get("security").path("volumes")) {
      String[] parts = volume.asText().split(":", -1);
      folders.put(parts[0], parts[1]);
    }
    Set<String> readers = new TreeSet<>();
    secured.forEach(
        (service, content) -> {
          String credentials = content.at("/environment/" + CREDENTIALS).asText();
          for (JsonNode mount : content.path("volumes")) {
            String[] parts = mount.asText().split(":", -1);
            if (!parts[1].equals(SECRETS) || parts[0].equals("sensor-secrets")) {
              continue; // The sensor's are made by sensor-access.
            }
            assertThat(parts).as(service).hasSize(3).endsWith("ro");
            String handOut = handOuts.get(folders.get(parts[0]));
            if (!parts[0].equals("authority")) {
              assertThat(handOut)
                  .as(service)
                  .startsWith(USERS.getOrDefault(service, TOCSIN_USER) + ":");
            }
            if (!credentials.isEmpty()) {
              readers.add(service);
              assertThat(List.of(handOut.substring(handOut.indexOf(':') + 1).split(",", -1)))
                  .as(service)
                  .contains(Path.of(credentials).getFileName().toString());
              assertThat(credentials).startsWith(SECRETS + "/");
            }
          }
        });
    assertThat(readers)
        .containsExactlyInAnyOrder(
            "scoring-job",
            "distress-job",
            "sensor-health",
            "sink",
            "evidence",
            "fleet",
            "sensor-access");
  }

  @Test
  void eachPartComesAsItsOwnRoleAndBelievesSignedRecordsAlone() {
    Map<String, Role> roles =
        Map.of(
            "scoring-job", Role.SCORING,
            "distress-job", Role.DISTRESS,
            "sensor-health", Role.HEALTH,
            "sink", Role.SINK,
            "evidence", Role.EVIDENCE);
    roles.forEach(
        (service, role) -> {
          JsonNode part = secured.get(service);
          assertThat(part.at("/environment/" + CREDENTIALS).asText())
              .isEqualTo(SECRETS + "/" + role.user() + ".properties");
          assertThat(part.path("command"))
              .extracting(JsonNode::asText)
              .anyMatch(argument -> argument.endsWith("kafka.sensorKeys=REQUIRED"));
        });
  }

  @Test
  void everyConnectionToTheDatabaseLooksAtItsCertificate() {
    for (String text :
        List.of(
            secured.get("sink").path("command").toString(),
            secured.get("evidence").path("command").toString(),
            secured.get("registry").path("environment").toString())) {
      assertThat(text)
          .containsPattern(
              "jdbc:postgresql://postgis:5432/(tocsin|registry)\\?sslmode=verify-full"
                  + "&sslrootcert=/run/tocsin/authority.pem");
    }
  }

  @Test
  void whatIsAddedIsOurImageDoesItsWorkAndEnds() {
    Set<String> added = new TreeSet<>(secured.keySet());
    added.removeAll(plain.keySet());
    assertThat(added).containsExactlyInAnyOrder("security", "fleet", "sensor-access");
    for (String service : added) {
      JsonNode content = secured.get(service);
      assertThat(content.path("image")).isEqualTo(plain.get("sink").path("image"));
      assertThat(content.path("pull_policy").asText()).isEqualTo("never");
      assertThat(content.path("restart").asText()).isEqualTo("no");
      assertThat(content.has("ports")).isFalse();
    }
    assertThat(secured.get("security").path("network_mode").asText()).isEqualTo("none");
  }

  @Test
  void noSecretStandsInTheFile() throws IOException {
    assertThat(Files.readString(ROOT.resolve("docker-compose.secure.yml")))
        .doesNotContainIgnoringCase("password=")
        .doesNotContain("PASSWORD:");
  }
}
