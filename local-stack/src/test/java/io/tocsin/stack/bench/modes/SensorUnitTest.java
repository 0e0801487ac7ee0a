package io.tocsin.stack.bench.modes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sensor's unit for systemd. */
class SensorUnitTest {

  private static final Path UNIT =
      Path.of("../deploy/systemd/tocsin-sensor.service").toAbsolutePath().normalize();

  @Test
  void systemdFindsNothingWrongWithIt() throws Exception {
    for (String program : List.of("/usr/bin/systemd-analyze", "/usr/bin/java")) {
      assumeTrue(
          Files.isExecutable(Path.of(program)),
          program + " is not there; apt-get install systemd openjdk-17-jdk-headless");
    }
    ShortCommand.Outcome outcome =
        ShortCommand.run(List.of("/usr/bin/systemd-analyze", "verify", UNIT.toString()));
    assertThat(outcome.output()).doesNotContain("tocsin-sensor");
    assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
  }

  @Test
  void whatIsMeasuredIsWhatItStarts() throws IOException {
    assertThat(lines("ExecStart="))
        .singleElement()
        .asString()
        .contains("/usr/bin/java " + String.join(" ", SensorProcess.JVM) + " -cp ")
        .contains(" io.tocsin.edge.TocsinSensor @");
  }

  @Test
  void itListensToACardByNameAndItsPasswordsComeFromFiles() throws IOException {
    assertThat(lines("Environment=TOCSIN_SENSOR_INPUT=")).containsExactly("card:");
    assertThat(lines("EnvironmentFile=")).containsExactly("-/etc/tocsin/sensor.env");
    assertThat(lines("LoadCredential="))
        .containsExactly("sensor.options:/etc/tocsin/sensor.options");
    assertThat(lines("StateDirectory=")).containsExactly("tocsin");
    assertThat(lines("Type=")).containsExactly("notify");
    assertThat(lines("WatchdogSec=")).containsExactly("60");
  }

  private static List<String> lines(String begin) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(line -> line.startsWith(begin))
        .map(line -> line.substring(begin.length()))
        .toList();
  }
}
