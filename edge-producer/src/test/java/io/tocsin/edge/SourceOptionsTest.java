package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import io.tocsin.edge.mqtt.MqttBridge;
import io.tocsin.edge.source.Channels;
import io.tocsin.edge.source.ClockKind;
import io.tocsin.edge.source.Source;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SourceOptionsTest {

  @TempDir private Path folder;

  private static <T> T parsed(T options, Map<String, String> environment, String... arguments) {
    new CommandLine(new Holder(), CommandLine.defaultFactory())
        .addMixin("options", options)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .parseArgs(arguments);
    return options;
  }

  @CommandLine.Command
  private static final class Holder {}

  private static Source source(SourceOptions options, String input) {
    try (CaptureClock clock = CaptureClock.stated(ClockDiscipline.FREE)) {
      return options.source(List.of(input), new AudioOptions(), clock).orElseThrow();
    }
  }

  @Test
  void anOptionComesFromTheCommandLineElseFromTheEnvironmentElseItIsTheDefault() {
    Map<String, String> environment =
        Map.of("TOCSIN_SENSOR_STALL_AFTER", "7s", "TOCSIN_SENSOR_RESTART_PAUSE", "2s");
    SourceOptions options = parsed(new SourceOptions(), environment, "--restart-pause=3s");
    assertThat(options.stallAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(options.restartPause()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.longestRestartPause()).isEqualTo(Duration.ofMinutes(1));
  }

  /** As the sensor takes it. */
  private static final class Inputs {
    @picocli.CommandLine.Parameters(arity = "0..*", paramLabel = "INPUT")
    private List<String> inputs = List.of();
  }

  @Test
  void theInputMayStandInTheEnvironmentToo() {
    Map<String, String> environment = Map.of("TOCSIN_SENSOR_INPUT", "card:USB Audio");
    assertThat(parsed(new Inputs(), environment).inputs).containsExactly("card:USB Audio");
    assertThat(parsed(new Inputs(), environment, "-").inputs).containsExactly("-");
    assertThat(parsed(new Inputs(), Map.of()).inputs).isEmpty();
  }

  @Test
  void eachInputHasItsClock() {
    Source stream = source(new SourceOptions(), "rtsp://me:s3cr3t@camera/live");
    assertThat(stream.description()).isEqualTo("rtsp://camera/live");
    assertThat(stream.clock().kind()).isEqualTo(ClockKind.SYSTEM_ON_ARRIVAL);
    assertThat(stream.clock().uncertainty()).isEqualTo(Duration.ofMillis(250));
    assertThat(stream.endless()).isTrue();
    Source recording =
        source(parsed(new SourceOptions(), Map.of(), "--stream-clock=COUNT"), "http://x/y.wav");
    assertThat(recording.clock().kind()).isEqualTo(ClockKind.SAMPLE_COUNT);
    assertThat(recording.endless()).isFalse();
    Source card = source(new SourceOptions(), "card:USB");
    assertThat(card.clock().kind()).isEqualTo(ClockKind.SYSTEM_AT_CAPTURE);
    assertThat(SourceOptions.isLive("mqtt://broker")).isFalse();
    assertThat(SourceOptions.isLive("sounds/a.wav")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--stall-after=soon card: | --stall-after: 'soon' is no duration",
        "--stall-after=1ms card: | --stall-after is 1ms; at least 100ms",
        "--channel=middle card: | --channel: 'middle' is no channel",
        "card: x.wav | a live source is the only input",
        "--watch-zone=Mars/Olympus watch:/tmp | --watch-zone is Mars/Olympus",
        "--watch-pattern=bb watch:/tmp | --watch-pattern is bb",
        "watch:/tmp x.wav | a watched folder is the only input",
        "mqtt://a:b@broker | --mqtt-password-file or TOCSIN_MQTT_PASSWORD",
        "--mqtt-topic=x mqtt://broker | 'x' has not {sensorId}",
        "--mqtt-user=me mqtt://broker | --mqtt-user has no password",
        "--mqtt-devices=/no/file mqtt://broker | --mqtt-devices /no/file cannot be read"
      })
  void aWrongSettingIsExitCode2AndSaysWhy(String arguments, String expected) {
    StringWriter errors = new StringWriter();
    int exit =
        new CommandLine(new TocsinSensor())
            .setErr(new PrintWriter(errors, true))
            .execute(("--sensor-id=s --lat=1 --lon=1 --clock=FREE " + arguments).split(" "));
    assertThat(errors.toString()).contains(expected);
    assertThat(exit).isEqualTo(2);
  }

  @Test
  void devicesAreListedWithoutASensor() {
    StringWriter out = new StringWriter();
    int exit =
        new CommandLine(new TocsinSensor()).setOut(new PrintWriter(out, true)).execute("devices");
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("'card:Tocsin test card'");
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aBridgesSensorsComeFromAFileThatSaysWhatIsWrongWithItsLines() throws Exception {
    List<SensorIdentity> sensors =
        DeviceList.read(
            file(
                "devices.csv",
                "sensorId,latitude,longitude\n# north\na,52.5,13.4\n\nb,52.6,13.5,34,,250\n"),
            ClockDiscipline.FREE);
    assertThat(sensors).extracting(SensorIdentity::sensorId).containsExactly("a", "b");
    assertThat(sensors.get(1).sensor().getPlace().getAltitudeMetres()).isEqualTo(34);
    assertThat(sensors.get(1).sensor().getPlace().getAccuracyMetres()).isNull();
    assertThat(sensors.get(1).sensor().getAudibleRadiusMetres()).isEqualTo(250);
    for (var wrong :
        Map.of(
                "a,52.5", "line 1: 2 fields",
                "a,95,13", "line 1: latitudeDegrees is 95",
                "a,1,1\na,1,2", "line 2: a stands there twice",
                "#", "holds no sensor")
            .entrySet()) {
      Path file = file("wrong.csv", wrong.getKey());
      assertThatThrownBy(() -> DeviceList.read(file, ClockDiscipline.FREE))
          .hasMessageContaining(wrong.getValue());
    }
  }

  @Test
  void aBrokersPasswordComesFromAFileOrTheEnvironmentAndIsNotShown() throws Exception {
    Path file = file("password", "s3cr3t\n");
    for (MqttBridge.Settings settings :
        List.of(
            settings(Map.of(), "--mqtt-user=me", "--mqtt-password-file=" + file),
            settings(Map.of("TOCSIN_MQTT_PASSWORD", "s3cr3t"), "--mqtt-user=me"))) {
      MqttBridge.Login login = settings.login();
      assertThat(login).isNotNull();
      assertThat(new String(login.password(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("s3cr3t");
      assertThat(settings.toString()).contains("me").doesNotContain("s3cr3t");
      assertThat(settings.clientId()).isEqualTo("tocsin-s");
      assertThat(settings.keptFor()).isEqualTo(Duration.ofDays(7));
    }
  }

  private static MqttBridge.Settings settings(
      Map<String, String> environment, String... arguments) {
    return parsed(new MqttOptions(), Map.of(), arguments)
        .settings(List.of("mqtt://broker"), "s", Set.of("s"), Channels.MIX, environment);
  }
}
