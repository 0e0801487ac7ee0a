package io.tocsin.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.jobs.health.SensorHealthSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {

  private static final String SERVERS = "--kafka.bootstrapServers=127.0.0.1:9092";
  private static final String REGISTRY = "--kafka.registryUrl=http://127.0.0.1:8081";

  @TempDir Path folder;

  @Test
  void defaultsAreAsDocumented() {
    SensorHealthSettings settings = read(SERVERS, REGISTRY);
    assertThat(settings)
        .isEqualTo(
            new SensorHealthSettings(
                new KafkaSettings(
                    "127.0.0.1:9092",
                    "http://127.0.0.1:8081",
                    false,
                    null,
                    false,
                    Duration.ofMinutes(15),
                    null,
                    null,
                    Map.of()),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                null));
  }

  @Test
  void theFileIsReadAndArgumentsGoOverIt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("health.yaml"),
            """
            kafka:
              bootstrapServers: a:1
              registryUrl: http://r
              autoRegister: true
              properties: {security.protocol: SSL}
            silentAfter: PT60S
            """);
    SensorHealthSettings settings =
        read("--kafka.bootstrapServers=b:2", "--config=" + file, "--lateSpool=PT3S");
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("b:2");
    assertThat(settings.kafka().registry().autoRegister()).isTrue();
    assertThat(settings.kafka().clientProperties()).containsEntry("security.protocol", "SSL");
    assertThat(settings.silentAfter()).isEqualTo(Duration.ofMinutes(1));
    assertThat(settings.lateSpool()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aMissingKeyIsNamedWithTheWayOut() {
    assertThatThrownBy(() -> read(SERVERS))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("kafka.registryUrl is missing");
  }

  @Test
  void anUnknownKeyABadValueAndABadArgumentAreErrors() {
    assertThatThrownBy(() -> read(SERVERS, REGISTRY, "--silentAftr=PT5S"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("silentAftr");
    assertThatThrownBy(() -> read(SERVERS, REGISTRY, "--silentAfter=5"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("silentAfter");
    assertThatThrownBy(() -> read(SERVERS, REGISTRY, "--silentAfter=PT-5S"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("positive");
    assertThatThrownBy(() -> read("silentAfter"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("'silentAfter' is not understood");
  }

  @Test
  void aFileThatIsMissingOrNoYamlIsNamed() throws IOException {
    Path absent = folder.resolve("absent.yaml");
    assertThatThrownBy(() -> read("--config=" + absent)).hasMessageContaining(absent.toString());
    Path broken = Files.writeString(folder.resolve("broken.yaml"), "kafka: [");
    assertThatThrownBy(() -> read("--config=" + broken)).hasMessageContaining("is not YAML");
  }

  private static SensorHealthSettings read(String... arguments) {
    return SettingsFile.read(SensorHealthSettings.class, arguments);
  }
}
