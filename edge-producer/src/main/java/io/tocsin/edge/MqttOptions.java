package io.tocsin.edge;

import io.tocsin.edge.mqtt.BrokerAddress;
import io.tocsin.edge.mqtt.MqttBridge;
import io.tocsin.edge.mqtt.TopicPattern;
import io.tocsin.edge.source.Channels;
import io.tocsin.schema.avro.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How devices that speak MQTT are heard. */
final class MqttOptions {

  private static final String PASSWORD = "TOCSIN_MQTT_PASSWORD";

  @Option(
      names = "--mqtt-topic",
      scope = ScopeType.INHERIT,
      description = "With the sensor's id as a level; default ${DEFAULT-VALUE}.")
  private String topic = "tocsin/{sensorId}/audio";

  @Option(
      names = "--mqtt-devices",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "The bridge's sensors as CSV: sensorId,latitude,longitude[,altitude[,accuracy"
              + "[,audibleRadius]]]; without it, the one of --sensor-id.")
  private @Nullable Path devices;

  @Option(
      names = "--mqtt-user",
      scope = ScopeType.INHERIT,
      description = "Name at the broker; the password is in $" + PASSWORD + " or a file.")
  private @Nullable String user;

  @Option(
      names = "--mqtt-password-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Its first line is the password.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--mqtt-ca",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Authorities of the broker's certificate, PEM; the JDK's.")
  private @Nullable Path authorities;

  @Option(
      names = "--mqtt-client-id",
      scope = ScopeType.INHERIT,
      description =
          "By which the broker keeps messages for the bridge; tocsin- and the sensor's id.")
  private @Nullable String clientId;

  @Option(
      names = "--mqtt-kept-for",
      scope = ScopeType.INHERIT,
      description =
          "So long the broker is asked to keep messages while the bridge is away; default"
              + " ${DEFAULT-VALUE}.")
  private String keptFor = "7d";

  /** Whether the inputs are a broker. */
  static boolean isBridge(List<String> inputs) {
    return inputs.stream().anyMatch(BrokerAddress::isOne);
  }

  @Nullable Path devices() {
    return devices;
  }

  /**
   * The sensors of the bridge.
   *
   * @param only of the command line; null where a file lists them
   * @throws IllegalArgumentException naming what is wrong with the file
   */
  List<SensorIdentity> sensors(@Nullable SensorIdentity only, Clock clock) {
    Path file = devices;
    return only != null || file == null
        ? Stream.ofNullable(only).map(sensor -> sensor.withClock(clock)).toList()
        : DeviceList.read(file, clock);
  }

  /**
   * @param environment such as the process's
   * @throws IllegalArgumentException naming what is wrong
   */
  MqttBridge.Settings settings(
      List<String> inputs,
      String sensorId,
      Set<String> sensorIds,
      Channels channels,
      Map<String, String> environment) {
    if (inputs.size() > 1) {
      throw new IllegalArgumentException("a broker is the only input; start one bridge for each");
    }
    return new MqttBridge.Settings(
        BrokerAddress.of(inputs.get(0)),
        authorities,
        login(environment),
        clientId == null ? "tocsin-" + sensorId : clientId,
        new TopicPattern(topic),
        sensorIds,
        channels,
        keptFor());
  }

  private Duration keptFor() {
    try {
      return Quantities.duration(keptFor);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--mqtt-kept-for: " + e.getMessage(), e);
    }
  }

  private MqttBridge.@Nullable Login login(Map<String, String> environment) {
    String name = user;
    if (name == null) {
      return null;
    }
    String password = environment.get(PASSWORD);
    if (passwordFile != null) {
      try {
        password = Files.readString(passwordFile).lines().findFirst().orElse("");
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "--mqtt-password-file " + passwordFile + " cannot be read: " + e, e);
      }
    }
    if (password == null) {
      throw new IllegalArgumentException(
          "--mqtt-user has no password; set " + PASSWORD + " or say --mqtt-password-file");
    }
    return new MqttBridge.Login(name, password.getBytes(StandardCharsets.UTF_8));
  }
}
