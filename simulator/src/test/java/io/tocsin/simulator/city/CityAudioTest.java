package io.tocsin.simulator.city;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.audio.AudioFiles;
import io.tocsin.simulator.Recordings;
import io.tocsin.simulator.city.Conditions.Layout;
import io.tocsin.simulator.city.Conditions.Sounds;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CityAudioTest {

  private static final int RATE = 16_000;

  @TempDir private Path folder;

  @Test
  void eachSensorHearsTheFirstSoundAfterItsWay() throws Exception {
    Conditions busy =
        Scenario.S1.conditions().with(new Sounds(Layout.INSIDE, 3_000, 0.4, 0, 0, 0, false));
    City city = City.of(new CitySettings(Scenario.S1, busy, 2, 4, 100, 400, 0.05));
    assertThat(city.truth().sounds()).isNotEmpty();
    Files.createDirectories(folder.resolve("recordings"));
    CityAudio.write(city, Recordings.library(folder.resolve("recordings")), folder);
    CityTruth.Sound first = city.truth().sounds().get(0);
    for (CityTruth.Sensor sensor : city.truth().sensors()) {
      float[] heard = AudioFiles.read(folder.resolve(sensor.sensorId() + ".wav"), RATE).samples();
      assertThat(heard).hasSize(180 * RATE);
      double metres =
          Math.hypot(
              sensor.eastMetres() - first.eastMetres(), sensor.northMetres() - first.northMetres());
      double expected =
          (first.originMicros() - CitySettings.START_MICROS) / 1e6
              + metres / (331.3 * Math.sqrt(1 + 15 / 273.15));
      assertThat(firstLoudSeconds(heard)).isCloseTo(expected, within(0.005));
    }
  }

  /** When it is first 20 dB and more above the background. */
  private static double firstLoudSeconds(float[] samples) {
    for (int i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) > 0.01) {
        return (double) i / RATE;
      }
    }
    return Double.NaN;
  }
}
