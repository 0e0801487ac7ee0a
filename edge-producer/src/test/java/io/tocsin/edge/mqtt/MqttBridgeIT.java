package io.tocsin.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import io.tocsin.edge.source.Channels;
import io.tocsin.schema.avro.ClockSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bridge at a real broker. */
@Timeout(120)
class MqttBridgeIT {

  private static final long AT = 1_777_636_800_000_000L;
  private static final short[] SOUND = new short[1_600];

  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final AtomicBoolean room = new AtomicBoolean(true);

  @TempDir private Path folder;

  private MqttBridge bridge(Mosquitto broker) throws Exception {
    MqttBridge bridge = bridge(broker.address(), null, null);
    await().atMost(Duration.ofSeconds(20)).until(() -> bridge.status().connected());
    return bridge;
  }

  private MqttBridge bridge(
      String address, @Nullable Path authorities, MqttBridge.@Nullable Login login)
      throws Exception {
    MqttBridge bridge =
        new MqttBridge(
            new MqttBridge.Settings(
                BrokerAddress.of(address),
                authorities,
                login,
                "tocsin-it",
                new TopicPattern("site/{sensorId}/audio"),
                Set.of("a", "b"),
                Channels.MIX,
                Duration.ofDays(1)),
            (sensor, samples, rate, at, clock) -> {
              taken.add(sensor + " " + (at - AT));
              return room.get();
            });
    Thread runner =
        new Thread(
            () -> {
              try {
                bridge.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    runner.setDaemon(true);
    runner.start();
    return bridge;
  }

  private static byte[] chunk(long at) {
    return Messages.binary(0, 1, ClockSource.GPS, 16_000, AT + at, 100, Messages.pcm(SOUND));
  }

  private static void publish(Mosquitto broker, String topic, byte[] payload) {
    Mqtt3BlockingClient device =
        MqttClient.builder()
            .useMqttVersion3()
            .serverHost("127.0.0.1")
            .serverPort(broker.port())
            .buildBlocking();
    device.connect();
    device.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(payload).send();
    device.disconnect();
  }

  private void awaitTaken(String... expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(taken).containsExactly(expected));
  }

  @Test
  void devicesAreToldApartAndWhatIsNoChunkIsCountedAndNamed() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder);
        MqttBridge bridge = bridge(broker)) {
      publish(broker, "site/a/audio", chunk(1));
      publish(broker, "site/b/audio", chunk(2));
      publish(broker, "site/a/audio", new byte[] {1, 2, 3});
      publish(broker, "site/stranger/audio", chunk(3));
      publish(broker, "site/a/audio", chunk(4));
      awaitTaken("a 1", "b 2", "a 4");
      assertThat(bridge.status().refused())
          .containsEntry("format", 1L)
          .containsEntry("unknown_device", 1L)
          .containsEntry("rate", 0L);
      assertThat(bridge.status().lastHeard()).containsOnlyKeys("a", "b");
    }
  }

  @Test
  void whatIsPublishedWhileTheBridgeIsAwayComesWhenItIsBack() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      try (MqttBridge bridge = bridge(broker)) {
        publish(broker, "site/a/audio", chunk(1));
        awaitTaken("a 1");
        assertThat(bridge.status().chunks()).isEqualTo(1);
      }
      publish(broker, "site/a/audio", chunk(2));
      publish(broker, "site/b/audio", chunk(3));
      try (MqttBridge bridge = bridge(broker)) {
        awaitTaken("a 1", "a 2", "b 3");
        assertThat(bridge.status().connected()).isTrue();
      }
    }
  }

  @Test
  void aChunkThatIsNotKeptIsNotAcknowledgedAndComesAgain() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder)) {
      room.set(false);
      try (MqttBridge bridge = bridge(broker)) {
        publish(broker, "site/a/audio", chunk(1));
        awaitTaken("a 1");
        await().until(() -> bridge.status().notKept() == 1);
      }
      room.set(true);
      try (MqttBridge bridge = bridge(broker)) {
        awaitTaken("a 1", "a 1");
        await().until(() -> bridge.status().chunks() == 1);
      }
      taken.clear();
      publish(broker, "site/b/audio", chunk(2));
      try (MqttBridge bridge = bridge(broker)) {
        awaitTaken("b 2");
        assertThat(bridge.status().notKept()).isZero();
      }
    }
  }

  @Test
  void aBrokerThatWasAwayIsFoundAgain() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder);
        MqttBridge bridge = bridge(broker)) {
      broker.stop();
      await().atMost(Duration.ofSeconds(20)).until(() -> !bridge.status().connected());
      assertThat(bridge.status().problem()).contains("127.0.0.1");
      broker.startAgain();
      publish(broker, "site/a/audio", chunk(7));
      awaitTaken("a 7");
      assertThat(bridge.status().connections()).isEqualTo(2);
    }
  }

  @Test
  void aBrokerWithTlsAndPasswordsLetsInWhoHasBothAndSaysWhyNotElse() throws Exception {
    try (Mosquitto broker = Mosquitto.secured(folder, "bridge", "s3cr3t")) {
      String address = "mqtts://127.0.0.1:" + broker.port();
      Path authorities = folder.resolve("ca.pem");
      try (MqttBridge bridge = bridge(address, authorities, login("s3cr3t"))) {
        await().atMost(Duration.ofSeconds(20)).until(() -> bridge.status().connected());
      }
      assertThat(problem(address, authorities, login("wr0ng"))).containsIgnoringCase("author");
      assertThat(problem(address, null, login("s3cr3t"))).contains("certif").contains(address);
      assertThat(problem("mqtt://127.0.0.1:" + broker.port(), null, login("s3cr3t"))).isNotBlank();
    }
  }

  private static MqttBridge.Login login(String password) {
    return new MqttBridge.Login(
        "bridge", password.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private String problem(String address, @Nullable Path authorities, MqttBridge.Login login)
      throws Exception {
    try (MqttBridge bridge = bridge(address, authorities, login)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> bridge.status().problem() != null);
      assertThat(bridge.status().connected()).isFalse();
      return String.valueOf(bridge.status().problem());
    }
  }
}
