package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundMeterTest {

  @TempDir private Path zones;

  @Test
  void aSquareWaveThatClipsWithAnOffsetIsReadAsSuchOnce() {
    short[] samples = new short[4_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i % 4 == 0 ? Short.MAX_VALUE : 0;
    }
    SoundMeter meter = new SoundMeter();
    meter.hear(samples);
    SoundMeter.Reading reading = meter.take().orElseThrow();
    assertThat(reading.clippedShare()).isEqualTo(0.25f);
    assertThat(reading.dcOffset()).isCloseTo(0.25f, within(0.001f));
    assertThat(reading.levelDbfs()).isCloseTo(-6.02f, within(0.01f));
    assertThat(reading.silentShare()).isZero();
    assertThat(meter.take()).isEmpty();
  }

  @Test
  void aDeadMicrophoneIsSilentThoughItHasAnOffset() {
    short[] dead = new short[3_000];
    Arrays.fill(dead, (short) 17);
    dead[2_500] = 18;
    SoundMeter meter = new SoundMeter();
    meter.hear(dead);
    assertThat(meter.take().orElseThrow().silentShare()).isCloseTo(2 / 3f, within(1e-6f));
  }

  @Test
  void theHottestZoneThatCanBeReadIsTold() throws Exception {
    assertThat(Temperature.hottestCelsius(zones)).isEmpty();
    assertThat(Temperature.hottestCelsius(zones.resolve("none"))).isEmpty();
    for (String zone : new String[] {"41500\n", "63250\n", "asleep\n"}) {
      Path folder = Files.createDirectory(zones.resolve("thermal_zone" + zone.charAt(0)));
      Files.writeString(folder.resolve("temp"), zone);
    }
    assertThat(Temperature.hottestCelsius(zones)).contains(63.25f);
  }
}
