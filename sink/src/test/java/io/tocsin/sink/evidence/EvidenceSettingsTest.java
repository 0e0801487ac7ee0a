package io.tocsin.sink.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.sink.SettingsException;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import io.tocsin.sink.evidence.EvidenceSettings.KafkaSettings;
import io.tocsin.sink.evidence.EvidenceSettings.S3Settings;
import io.tocsin.sink.evidence.EvidenceSettings.StoreSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceSettingsTest {

  private static final Map<String, String> LEAST =
      Map.of(
          "kafka.bootstrapServers", "k:9092",
          "kafka.registryUrl", "http://r:8081",
          "database.jdbcUrl", "jdbc:postgresql://p/tocsin",
          "database.user", "sink",
          "store.folder", "/clips");

  @TempDir private Path folder;

  @Test
  void everyKeyOfTheFileIsRead() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("evidence.yaml"),
            """
            kafka:
              bootstrapServers: k:9092
              registryUrl: http://r:8081
              groupId: clips
              properties:
                security.protocol: SSL
            database:
              jdbcUrl: jdbc:postgresql://p/tocsin
              user: sink
              passwordFile: /run/secrets/p
            store:
              s3:
                endpoint: http://minio:9000
                region: eu-central-1
                bucket: evidence
            lead: PT1S
            tail: PT4S
            longest: PT30S
            audioWithin: PT5M
            detectionsWithin: PT10M
            retention: P7D
            healthPort: 9400
            stalledAfter: PT2M
            """);

    assertThat(EvidenceSettings.read(file, Map.of()))
        .isEqualTo(
            new EvidenceSettings(
                new KafkaSettings(
                    "k:9092",
                    "http://r:8081",
                    "clips",
                    null,
                    null,
                    Map.of("security.protocol", "SSL")),
                new DatabaseSettings(
                    "jdbc:postgresql://p/tocsin", "sink", Path.of("/run/secrets/p")),
                new StoreSettings(
                    null,
                    new S3Settings(URI.create("http://minio:9000"), "eu-central-1", "evidence")),
                Duration.ofSeconds(1),
                Duration.ofSeconds(4),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofMinutes(10),
                Duration.ofDays(7),
                9400,
                Duration.ofMinutes(2)));
  }

  @Test
  void defaultsFillTheRest() {
    EvidenceSettings settings = EvidenceSettings.read(null, LEAST);

    assertThat(settings.kafka().groupId()).isEqualTo("tocsin-evidence");
    assertThat(settings.store()).isEqualTo(new StoreSettings(Path.of("/clips"), null));
    assertThat(settings.lead()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.tail()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.longest()).isEqualTo(Duration.ofSeconds(60));
    assertThat(settings.audioWithin()).isEqualTo(Duration.ofMinutes(2));
    assertThat(settings.detectionsWithin()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.retention()).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aBadValueIsNamedWithWhatIsAllowed() {
    assertThatThrownBy(() -> EvidenceSettings.read(null, with("longest", "PT2H")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("longest is PT2H; from PT1S to PT10M is allowed");
    assertThatThrownBy(() -> EvidenceSettings.read(null, with("store.s3.bucket", "b")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("either folder or s3");
    assertThatThrownBy(() -> EvidenceSettings.read(null, with("retension", "P1D")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("retension");
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> values = new HashMap<>(LEAST);
    values.put(key, value);
    return values;
  }
}
