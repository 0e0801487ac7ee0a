package io.tocsin.schema.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsFileTest {

  private static final String JAAS =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"gate-3\""
          + " password=\"%s\";";
  private static final String LINES =
      """
      bootstrap.servers=kafka.example.org:9093
      security.protocol=SASL_SSL
      sasl.mechanism=SCRAM-SHA-512
      sasl.jaas.config=%s
      tocsin.sensor.id=gate-3
      schema.registry.basic.auth.user.info=gate-3:geheim
      """;

  @TempDir private Path folder;

  private Path file(String password, String mode) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("gate-3.properties"), LINES.formatted(JAAS.formatted(password)));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void whatIsForKafkaIsToldFromWhatIsOurs() throws Exception {
    CredentialsFile credentials = CredentialsFile.read(file("geheim", "rw-------"));
    assertThat(credentials.kafka())
        .containsOnlyKeys("security.protocol", "sasl.mechanism", "sasl.jaas.config");
    assertThat(credentials.registry()).isEqualTo(Map.of("basic.auth.user.info", "gate-3:geheim"));
    assertThat(credentials.principal()).contains("User:gate-3");
    assertThat(credentials.value(CredentialsFile.SENSOR_ID)).contains("gate-3");
  }

  @Test
  void aFileThatOthersMayReadIsRefusedWithTheWayOut() throws Exception {
    Path file = file("geheim", "rw-r-----");
    assertThatThrownBy(() -> CredentialsFile.read(file))
        .isInstanceOf(CredentialsException.class)
        .hasMessage(
            "%s may be read by others (rw-r-----); let its owner alone read it: chmod 600 %s",
            file, file);
  }

  @Test
  void aKeyStoreThatOthersMayReadIsRefusedToo() throws Exception {
    Path keys = Files.writeString(folder.resolve("keys.pem"), "-");
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-rw-r--"));
    Path file = file("geheim", "rw-------");
    Files.writeString(file, "ssl.keystore.type=PEM\nssl.keystore.location=" + keys + "\n");
    assertThatThrownBy(() -> CredentialsFile.read(file))
        .isInstanceOf(CredentialsException.class)
        .hasMessageStartingWith(keys.toString())
        .hasMessageContaining("chmod 600");
  }

  @Test
  void whatSystemdGivesAServiceIsItsOwn() throws Exception {
    Path file = file("geheim", "r--r-----");
    assertThat(
            CredentialsFile.read(file, Map.of("CREDENTIALS_DIRECTORY", folder.toString()))
                .principal())
        .contains("User:gate-3");
    assertThatThrownBy(
            () ->
                CredentialsFile.read(
                    file, Map.of("CREDENTIALS_DIRECTORY", folder.resolve("other").toString())))
        .isInstanceOf(CredentialsException.class);
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = folder.resolve("none.properties");
    assertThatThrownBy(() -> CredentialsFile.read(missing))
        .isInstanceOf(CredentialsException.class)
        .hasMessage("%s is not there; is the path right?", missing);
  }

  @Test
  void aPasswordMayComeFromTheEnvironment() throws Exception {
    Path file = file("${env:GATE_PASSWORD}", "r--------");
    assertThat(CredentialsFile.read(file, Map.of("GATE_PASSWORD", "a\"b\\c")).kafka())
        .containsEntry("sasl.jaas.config", JAAS.formatted("a\\\"b\\\\c"));
    assertThatThrownBy(() -> CredentialsFile.read(file, Map.of()))
        .isInstanceOf(CredentialsException.class)
        .hasMessageContaining("GATE_PASSWORD, which is not set");
  }

  @Test
  void clientsGetSecretsByReferenceAndReadThemWhereTheyAreMade() throws Exception {
    Path file = file("geheim", "rw-------");
    Map<String, String> references = KafkaAccess.settings(file, Map.of("linger.ms", "7"));
    assertThat(references.toString()).doesNotContain("geheim", "gate-3\"");
    assertThat(references).containsEntry("linger.ms", "7");

    Map<String, Object> settings = new HashMap<>(references);
    settings.put("bootstrap.servers", "127.0.0.1:9092");
    settings.put("key.serializer", ByteArraySerializer.class);
    settings.put("value.serializer", ByteArraySerializer.class);
    ProducerConfig client = new ProducerConfig(settings);
    assertThat(client.getPassword("sasl.jaas.config"))
        .isEqualTo(new Password(JAAS.formatted("geheim")));

    // A new password counts for the next client, without other settings.
    file("neues", "rw-------");
    assertThat(new ProducerConfig(settings).getPassword("sasl.jaas.config"))
        .isEqualTo(new Password(JAAS.formatted("neues")));
  }

  @Test
  void secretsAmongOtherSettingsAreRefusedWithoutRepeatingThem() {
    for (String key :
        new String[] {
          "sasl.jaas.config",
          "ssl.key.password",
          "ssl.keystore.key",
          "producer.ssl.truststore.password",
          "listener.name.x.sasl.jaas.config"
        }) {
      assertThatThrownBy(() -> KafkaAccess.settings(null, Map.of(key, "geheim")))
          .as(key)
          .isInstanceOf(CredentialsException.class)
          .hasMessageStartingWith(key)
          .hasMessageContaining(CredentialsFile.VARIABLE)
          .hasMessageNotContaining("geheim");
    }
    assertThat(KafkaAccess.settings(null, Map.of("ssl.key.password", "${file:/k:p}"))).hasSize(1);
  }

  @Test
  void nothingPrintedShowsWhatIsHeld() throws Exception {
    assertThat(CredentialsFile.read(file("geheim", "rw-------")).toString())
        .doesNotContain("geheim");
  }

  @Test
  void theFileIsTheSettingsOrElseTheEnvironments() {
    Map<String, String> environment = Map.of(CredentialsFile.VARIABLE, "/run/a");
    assertThat(KafkaAccess.credentials(null, environment)).isEqualTo(Path.of("/run/a"));
    assertThat(KafkaAccess.credentials("/run/b", environment)).isEqualTo(Path.of("/run/b"));
    assertThat(KafkaAccess.credentials(null, Map.of())).isNull();
  }
}
