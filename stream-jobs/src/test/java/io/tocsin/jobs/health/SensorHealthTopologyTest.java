package io.tocsin.jobs.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.SensorState;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.identity.UnbelievedRecordException;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.DeadLetters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SensorHealthTopologyTest {

  // Plausibility judges against the real clock, so the scene plays now.
  private static final Instant START = Instant.now();

  @TempDir Path stateDir;
  private final MockSchemaRegistryClient registry = new MockSchemaRegistryClient();
  private TopologyTestDriver driver;
  private TestInputTopic<String, byte[]> heartbeats;
  private TestInputTopic<String, byte[]> detections;
  private TestOutputTopic<String, SensorStatus> statuses;

  @BeforeEach
  void start() {
    start(SignatureCheck.none());
  }

  private void start(SignatureCheck signatures) {
    SensorHealthSettings settings =
        SettingsFile.read(
            SensorHealthSettings.class,
            "--kafka.bootstrapServers=unused:1",
            "--kafka.registryUrl=http://unused");
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "health-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    driver =
        new TopologyTestDriver(
            SensorHealthTopology.topology(settings, () -> registry, true, signatures),
            properties,
            START);
    heartbeats =
        driver.createInputTopic(
            Topics.HEARTBEATS.name(), new StringSerializer(), new ByteArraySerializer());
    detections =
        driver.createInputTopic(
            Topics.DETECTIONS.name(), new StringSerializer(), new ByteArraySerializer());
    statuses =
        driver.createOutputTopic(
            Topics.SENSOR_STATUS.name(),
            new StringDeserializer(),
            new ConfluentAvroDeserializer<>(registry, SensorStatus.class));
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void theFirstHeartbeatBringsASensorOnlineAndTheNextSaysNothingNew() {
    beat("a", START, START, 0);
    beat("a", START.plusSeconds(10), START.plusSeconds(10), 0);
    List<SensorStatus> seen = statuses.readValuesToList();
    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).getSensorId()).isEqualTo("a");
    assertThat(seen.get(0).getState()).isEqualTo(SensorState.ONLINE);
  }

  @Test
  void aSensorThatStopsIsSilentAfterItsTimeAndOnlineAgainWhenItReturns() {
    beat("a", START, START, 0);
    driver.advanceWallClockTime(Duration.ofSeconds(29));
    assertThat(states()).containsExactly(SensorState.ONLINE);
    driver.advanceWallClockTime(Duration.ofSeconds(10));
    List<SensorStatus> silent = statuses.readValuesToList();
    assertThat(silent).extracting(SensorStatus::getState).containsExactly(SensorState.SILENT);
    assertThat(silent.get(0).getReason()).contains("30 s");
    assertThat(silent.get(0).getLastSeenAt()).isEqualTo(Instant.ofEpochMilli(START.toEpochMilli()));
    Instant back = START.plusSeconds(40);
    beat("a", back, back, 0);
    assertThat(states()).containsExactly(SensorState.ONLINE);
  }

  @Test
  void anOldSpoolIsLateAndAWrongClockIsFaulty() {
    beat("late", START.minusSeconds(20), START, 20_000);
    beat("faulty", START.plusSeconds(7), START, 0);
    List<SensorStatus> seen = statuses.readValuesToList();
    assertThat(seen)
        .extracting(SensorStatus::getState)
        .containsExactly(SensorState.LATE, SensorState.FAULTY);
    assertThat(seen.get(1).getClockOffsetMillis()).isEqualTo(7_000);
    assertThat(seen.get(1).getReason()).contains("7000 ms");
  }

  @Test
  void detectionsAreCountedByLabelOverTheLastHourAndForgotten() {
    beat("a", START, START, 0);
    states();
    detect("a", "glass_shatter", START);
    detect("a", "glass_shatter", START.plusSeconds(1));
    detect("a", "shout_scream", START.plusSeconds(2));
    driver.advanceWallClockTime(Duration.ofSeconds(5));
    assertThat(statuses.readValue().getDetectionsPerHour())
        .containsEntry("glass_shatter", 2.0)
        .containsEntry("shout_scream", 1.0);
    for (int minute = 1; minute <= 65; minute++) {
      Instant at = START.plus(Duration.ofMinutes(minute));
      beat("a", at, at, 0);
      driver.advanceWallClockTime(Duration.ofMinutes(1));
    }
    List<SensorStatus> later = statuses.readValuesToList();
    assertThat(later.get(later.size() - 1).getDetectionsPerHour()).isEmpty();
  }

  @Test
  void poisonGoesToItsDeadLetterTopicWithItsHeadersAndTheRestGoesOn() {
    heartbeats.pipeInput(new TestRecord<>("a", new byte[] {1, 2, 3}, START));
    heartbeats.pipeInput("someone-else", heartbeat("a", START, 0));
    beat("a", START, START, 0);
    TestOutputTopic<byte[], byte[]> letters =
        driver.createOutputTopic(
            Topics.HEARTBEATS.dlq(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TestRecord<byte[], byte[]>> seen = letters.readRecordsToList();
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).value()).containsExactly(1, 2, 3);
    assertThat(header(seen.get(0), DeadLetters.STAGE)).isEqualTo("DECODE");
    assertThat(header(seen.get(0), DeadLetters.EXCEPTION_MESSAGE)).contains("magic byte");
    assertThat(header(seen.get(1), DeadLetters.STAGE)).isEqualTo("CHECK");
    assertThat(header(seen.get(1), DeadLetters.EXCEPTION_MESSAGE)).contains("someone-else");
    assertThat(states()).containsExactly(SensorState.ONLINE);
  }

  @Test
  void aHeartbeatThatIsNotTheSensorsIsADeadLetterAndMovesNothing() {
    driver.close();
    start(new SignatureCheck(SensorKeyMode.REQUIRED, (sensorId, wanted) -> null));
    beat("a", START, START, 0);
    TestRecord<byte[], byte[]> letter =
        driver
            .createOutputTopic(
                Topics.HEARTBEATS.dlq(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
            .readRecord();
    assertThat(header(letter, DeadLetters.STAGE)).isEqualTo("CHECK");
    assertThat(header(letter, DeadLetters.EXCEPTION_CLASS))
        .isEqualTo(UnbelievedRecordException.class.getName());
    // Detections are not sensors' own.
    detect("a", "glass_shatter", START);
    assertThat(states()).isEmpty();
  }

  private List<SensorState> states() {
    return statuses.readValuesToList().stream().map(SensorStatus::getState).toList();
  }

  private static String header(TestRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private void beat(String sensorId, Instant sentAt, Instant seenAt, long spoolAgeMillis) {
    heartbeats.pipeInput(sensorId, heartbeat(sensorId, sentAt, spoolAgeMillis), seenAt);
  }

  private byte[] heartbeat(String sensorId, Instant sentAt, long spoolAgeMillis) {
    return new ConfluentAvroSerializer<Heartbeat>(registry, true)
        .serialize(
            Topics.HEARTBEATS.name(),
            Heartbeat.newBuilder()
                .setSensorId(sensorId)
                .setBootId("boot")
                .setSentAt(Instant.ofEpochMilli(sentAt.toEpochMilli()))
                .setClock(clock())
                .setSpoolAgeMillis(spoolAgeMillis)
                .build());
  }

  private void detect(String sensorId, String label, Instant at) {
    detections.pipeInput(
        sensorId,
        new ConfluentAvroSerializer<Detection>(registry, true)
            .serialize(
                Topics.DETECTIONS.name(),
                Detection.newBuilder()
                    .setDetectionId("d" + at)
                    .setSensorId(sensorId)
                    .setPlace(
                        Place.newBuilder().setLatitudeDegrees(1).setLongitudeDegrees(2).build())
                    .setLabel(label)
                    .setProbability(0.9)
                    .setScore(0.8f)
                    .setOnsetAt(Instant.ofEpochMilli(at.toEpochMilli()))
                    .setOnsetSigmaMicros(5_000)
                    .setEndAt(Instant.ofEpochMilli(at.toEpochMilli() + 900))
                    .setLevelDbfs(-30)
                    .setClock(clock())
                    .setModel(
                        ModelRef.newBuilder().setId("m").setVersion("1").setDigest("d").build())
                    .build()),
        at);
  }

  private static Clock clock() {
    return Clock.newBuilder().setSource(ClockSource.NTP).setUncertaintyMicros(1000).build();
  }
}
