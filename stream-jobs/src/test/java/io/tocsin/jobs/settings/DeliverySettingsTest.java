package io.tocsin.jobs.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.scoring.ScoringJobSettings;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of delivery goes together, in both jobs. */
class DeliverySettingsTest {

  private static Object read(Class<?> job, String... more) {
    return SettingsFile.read(
        job,
        Stream.concat(
                Stream.of(
                    "--kafka.bootstrapServers=b:1",
                    "--kafka.registryUrl=http://r",
                    job == ScoringJobSettings.class ? "--bundle=b" : "--idleness=PT10S"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(classes = {ScoringJobSettings.class, DistressJobSettings.class})
  void exactlyOnceWantsCheckpoints(Class<?> job) {
    assertThatThrownBy(
            () -> read(job, "--kafka.exactlyOnce=true", "--environment.checkpointInterval=PT0S"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("environment.checkpointInterval is PT0S, which means none");
    assertThat(read(job, "--environment.checkpointInterval=PT0S")).isNotNull();
    assertThat(read(job, "--kafka.exactlyOnce=true")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(classes = {ScoringJobSettings.class, DistressJobSettings.class})
  void aTransactionOutlivesACheckpointInterval(Class<?> job) {
    String[] settings = {
      "--kafka.exactlyOnce=true",
      "--kafka.transactionTimeout=PT1M",
      "--environment.checkpointInterval=PT1M"
    };
    assertThatThrownBy(() -> read(job, settings))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "kafka.transactionTimeout is PT1M, not longer than environment.checkpointInterval PT1M");
    settings[2] = "--environment.checkpointInterval=PT59S";
    assertThat(read(job, settings)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1S", "PT0.009S"})
  void anIntervalThatFlinkDoesNotTakeIsRefused(String interval) {
    assertThatThrownBy(
            () -> read(DistressJobSettings.class, "--environment.checkpointInterval=" + interval))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("environment.checkpointInterval is " + Duration.parse(interval));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S"})
  void aTransactionLastsSomeTime(String timeout) {
    assertThatThrownBy(
            () -> read(DistressJobSettings.class, "--kafka.transactionTimeout=" + timeout))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("kafka.transactionTimeout is " + Duration.parse(timeout));
  }
}
