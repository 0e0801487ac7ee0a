package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkSettingsTest {

  private static final String FILE =
      """
      kafka:
        bootstrapServers: k:9092
        registryUrl: http://r:8081
        groupId: archive
        instanceId: one
        properties:
          security.protocol: SSL
      database:
        jdbcUrl: jdbc:postgresql://p/tocsin
        user: sink
        passwordFile: /run/secrets/p
      batchSize: 500
      workers: 3
      retentionDays: 90
      metricsPort: 9301
      stalledAfter: PT2M
      """;

  @TempDir private Path folder;

  @Test
  void everyKeyOfTheFileIsRead() throws Exception {
    SinkSettings settings = SinkSettings.read(file(FILE), Map.of());

    assertThat(settings)
        .isEqualTo(
            new SinkSettings(
                new SinkSettings.KafkaSettings(
                    "k:9092",
                    "http://r:8081",
                    "archive",
                    "one",
                    null,
                    null,
                    Map.of("security.protocol", "SSL")),
                new SinkSettings.DatabaseSettings(
                    "jdbc:postgresql://p/tocsin", "sink", Path.of("/run/secrets/p")),
                500,
                3,
                90,
                9301,
                Duration.ofMinutes(2)));
  }

  @Test
  void optionsGoOverTheFileAndDefaultsFillTheRest() throws Exception {
    assertThat(SinkSettings.read(file(FILE), Map.of("kafka.groupId", "other")).kafka().groupId())
        .isEqualTo("other");
    SinkSettings settings =
        SinkSettings.read(
            null,
            Map.of(
                "kafka.bootstrapServers", "k:9092",
                "kafka.registryUrl", "http://r:8081",
                "database.jdbcUrl", "jdbc:postgresql://p/tocsin",
                "database.user", "sink"));
    assertThat(settings.kafka().groupId()).isEqualTo("tocsin-sink");
    assertThat(settings.batchSize()).isEqualTo(4000);
    assertThat(settings.workers()).isEqualTo(2);
    assertThat(settings.kafka().instanceId()).isNull();
    assertThat(settings.retentionDays()).isNull();
    assertThat(settings.metricsPort()).isNull();
    assertThat(settings.database().password(Map.of("TOCSIN_DB_PASSWORD", "x"))).isEqualTo("x");
    assertThat(settings.database().password(Map.of())).isNull();
  }

  @Test
  void thePasswordFileGoesOverTheEnvironment() throws Exception {
    SinkSettings settings =
        SinkSettings.read(file(FILE), Map.of("database.passwordFile", file("secret\n").toString()));
    assertThat(settings.database().password(Map.of("TOCSIN_DB_PASSWORD", "x"))).isEqualTo("secret");
  }

  @Test
  void errorsNameTheKeyAndTheWayOut() throws Exception {
    assertThatThrownBy(() -> SinkSettings.read(null, Map.of("kafka.registryUrl", "u")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("kafka.bootstrapServers is missing");
    assertThatThrownBy(() -> SinkSettings.read(file(FILE), Map.of("batchSize", "30000")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("batchSize is 30000; from 1 to 20000");
    assertThatThrownBy(() -> SinkSettings.read(file(FILE), Map.of("retentionDays", "0")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("retentionDays is 0; from 1");
    assertThatThrownBy(() -> SinkSettings.read(file(FILE + "batchsize: 1\n"), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("batchsize");
    assertThatThrownBy(() -> SinkSettings.read(folder.resolve("absent.yaml"), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("absent.yaml cannot be read");
    assertThatThrownBy(() -> SinkSettings.read(file(FILE), Map.of()).database().password(Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("/run/secrets/p cannot be read");
  }

  private Path file(String text) throws Exception {
    return Files.writeString(Files.createTempFile(folder, "f", ".yaml"), text);
  }
}
