package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.association.Settings;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.jobs.settings.SettingsFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DistressJobSettingsTest {

  @Test
  void anotherWeatherIsTakenAndTheRestStaysAsUsual() {
    Settings usual = settings().association();
    Settings calm =
        settings("--temperatureErrorCelsius=0.5", "--windMetresPerSecond=0").association();
    assertThat(usual).isEqualTo(Settings.DEFAULT);
    assertThat(calm.temperatureErrorCelsius()).isEqualTo(0.5);
    assertThat(calm.windMetresPerSecond()).isZero();
    assertThat(calm.reachMetres()).isEqualTo(usual.reachMetres());
  }

  @Test
  void aWeatherThatCannotBeIsRefusedByName() {
    assertThatThrownBy(() -> settings("--windMetresPerSecond=-3").association())
        .isInstanceOf(SettingsException.class)
        .hasMessage("windMetresPerSecond is -3.0; give 0 to 50, or leave it out for 3.0");
    assertThatThrownBy(() -> settings("--temperatureErrorCelsius=NaN").association())
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("temperatureErrorCelsius is NaN");
  }

  private static DistressJobSettings settings(String... more) {
    String[] kafka = {"--kafka.bootstrapServers=b:1", "--kafka.registryUrl=http://r"};
    return SettingsFile.read(
        DistressJobSettings.class,
        Stream.of(kafka, more).flatMap(Stream::of).toArray(String[]::new));
  }
}
