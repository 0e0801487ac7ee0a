package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.Severity;
import io.tocsin.schema.wire.DeadLetters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Patterns that come, change and go while the jobs run, the rates of their false alarms, and alerts
 * that nobody owns. In this order: later tests hear later sounds, and the job's time does not go
 * back.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PatternsIT {

  private static final String DOOR = "door_slam";
  private static final String BARK = "dog_bark";
  private static final double LATITUDE = 50.1;
  private static final double LONGITUDE = 8.6;
  private static final double SPACING_METRES = 200;
  private static final double METRES_PER_SECOND = 340.3;
  private static final Duration APART = Duration.ofSeconds(3);

  @TempDir private static Path home;

  private static WholeSystem system;
  private static final List<Sensor> SENSORS = new ArrayList<>();

  private final Random random = new Random(5);

  @BeforeAll
  static void startEverything() throws Exception {
    system = WholeSystem.start(home, "patterns");
    for (int i = 0; i < 16; i++) {
      double[] at = at((i % 4 - 1.5) * SPACING_METRES + i, (i / 4 - 1.5) * SPACING_METRES - i);
      Sensor sensor = Frames.sensor("street-" + i, at[0], at[1]);
      SENSORS.add(sensor);
      system.publish(Topics.SENSORS, sensor);
    }
  }

  @AfterAll
  static void stopEverything() {
    if (system != null) {
      system.close();
    }
  }

  @Test
  @Order(1)
  void aPatternCountsFromWhenItComesAndAsItWasLastChanged() throws Exception {
    Instant before = Frames.now().minusSeconds(100);
    hear(DOOR, before, 20, 30);
    hear(BARK, before.plus(APART), 25, 22);
    awaitLocated(DOOR, before);
    awaitLocated(BARK, before.plus(APART));
    assertThat(alerts("door-then-bark")).isEmpty();

    system.publish(Topics.PATTERNS, pattern("door-then-bark", 10_000, p -> {}));
    Instant wanted = before.plusSeconds(40);
    hear(DOOR, wanted, -70, 10);
    hear(BARK, wanted.plus(APART), -66, 4);
    awaitAlert("door-then-bark", wanted);

    // Half a second is less than the three between the two sounds.
    system.publish(Topics.PATTERNS, pattern("door-then-bark", 500, p -> {}));
    system.publish(Topics.PATTERNS, pattern("bark-after-door", 10_000, p -> {}));
    Instant after = before.plusSeconds(80);
    hear(DOOR, after, 90, -40);
    hear(BARK, after.plus(APART), 84, -42);
    awaitAlert("bark-after-door", after);
    assertThat(alerts("door-then-bark")).noneMatch(alert -> isOf(alert, after));
    system.assertNothingStopped();
  }

  @Test
  @Order(2)
  void aPatternThatCannotBeIsRefusedWithTheReasonAndTheOthersStayInForce() throws Exception {
    system.publish(Topics.PATTERNS, pattern("stays", 10_000, p -> {}));
    assertRefused(pattern("wide", 10_000, p -> p.setWithinMetres(5_000)), "withinMetres is 5000");
    assertRefused(
        pattern("sure", 10_000, p -> p.setMinimumProbability(1.5)), "minimumProbability is 1.5");
    assertRefused(pattern("nothing", 10_000, p -> p.setLabels(List.of())), "labels is empty");
    assertRefused(
        pattern("stays", 10_000, p -> p.setSeverity(Severity.UNKNOWN)), "severity is UNKNOWN");

    Instant at = Frames.now().minusSeconds(10);
    hear(DOOR, at, -20, -30);
    hear(BARK, at.plus(APART), -26, -22);
    awaitAlert("stays", at);
    for (String refused : List.of("wide", "sure", "nothing")) {
      assertThat(alerts(refused)).as(refused).isEmpty();
    }
    system.assertNothingStopped();
  }

  @Test
  @Order(3)
  void alertsSayHowOftenChanceBringsSuchOnceThatIsPublished() throws Exception {
    system.publish(Topics.PATTERNS, pattern("rated", 10_000, p -> {}));
    // The job has no use any more for what is so late; slides want a span.
    Instant longAgo = Frames.now().minusSeconds(300);
    hear(DOOR, longAgo, 300, 310);
    hear(BARK, longAgo.plusSeconds(100), -310, -290);
    Instant before = Frames.now().minusSeconds(15);
    hear(DOOR, before, -60, 80);
    hear(BARK, before.plus(APART), -54, 84);
    awaitAlert("rated", before);
    assertThat(alerts("rated")).allMatch(alert -> alert.getFalseAlarmsPerDay() == null);

    JsonNode report = new ObjectMapper().readTree(falseAlarms("--slides=3", "--publish", "--json"));
    assertThat(report.path("sensors").asInt()).isEqualTo(SENSORS.size());
    assertThat(report.path("patterns").findValuesAsText("patternId")).contains("rated");
    FalseAlarmRates published =
        system.values(Topics.FALSE_ALARMS).stream()
            .filter(rates -> rates.getPatternId().equals("rated"))
            .findFirst()
            .orElseThrow();
    assertThat(published.getSensorDays()).isEqualTo(report.path("sensorDays").asDouble());

    Instant after = Frames.now().minusSeconds(5);
    hear(DOOR, after, 40, 120);
    hear(BARK, after.plus(APART), 46, 116);
    awaitAlert("rated", after);
    double most = FalseAlarmCurve.AT_MOST_OF_NONE / published.getSensorDays() * SENSORS.size();
    assertThat(alerts("rated"))
        .filteredOn(alert -> isOf(alert, after))
        .isNotEmpty()
        .allSatisfy(
            alert -> assertThat(alert.getFalseAlarmsPerDay()).isCloseTo(most, within(1e-9 * most)));
    system.assertNothingStopped();
  }

  @Test
  @Order(4)
  void anAlertThatADeadWorkerLeftIsTakenBackInFavourOfTheRightOne() throws Exception {
    system.publish(Topics.PATTERNS, pattern("left", 10_000, p -> {}));
    Instant doorAt = Frames.now();
    hear(DOOR, doorAt, 10, -60);
    hear(BARK, doorAt.plus(APART), 16, -64);
    awaitAlert("left", doorAt);
    // The pattern is found in what was heard before it came, too.
    DistressAlert right =
        alerts("left").stream().filter(alert -> isOf(alert, doorAt)).findFirst().orElseThrow();
    DistressAlert stray = withoutTheFirstPick(right);
    assertThat(right.getState()).isIn(AlertState.OPEN, AlertState.UPDATED);
    system.publish(Topics.DISTRESS_ALERTS, stray);
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(alerts("left"))
                    .filteredOn(alert -> alert.getAlertId().equals(stray.getAlertId()))
                    .anySatisfy(
                        alert -> {
                          assertThat(alert.getState()).isEqualTo(AlertState.RETRACTED);
                          assertThat(alert.getReplacedBy()).isEqualTo(right.getAlertId());
                          assertThat(alert.getRevision()).isGreaterThan(stray.getRevision());
                        }));
    assertThat(alerts("left"))
        .filteredOn(alert -> alert.getAlertId().equals(right.getAlertId()))
        .noneMatch(alert -> alert.getState() == AlertState.RETRACTED);
    system.assertNothingStopped();
  }

  /** As one says it who knows little yet, and not the first detection of the first sound. */
  private static DistressAlert withoutTheFirstPick(DistressAlert alert) throws Exception {
    DistressAlert stray = DistressAlert.newBuilder(alert).setRevision(6).build();
    stray.setState(AlertState.UPDATED);
    AlertEvent first = stray.getEvents().get(0);
    assertThat(first.getLabel()).isEqualTo(DOOR);
    List<String> ids = first.getDetectionIds();
    first.setDetectionIds(ids.subList(1, ids.size()));
    String anchor = first.getDetectionIds().get(0);
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest((stray.getPatternId() + "\0" + anchor + "\0").getBytes(UTF_8));
    stray.setAlertId(HexFormat.of().formatHex(digest, 0, 16));
    return stray;
  }

  private static String falseAlarms(String... further) {
    StringWriter out = new StringWriter();
    CommandLine line = Tocsin.commandLine();
    line.setOut(new PrintWriter(out, true));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "false-alarms",
                "--bootstrap-servers=" + system.endpoints().bootstrapServers(),
                "--registry-url=" + system.endpoints().registryUrl()));
    arguments.addAll(List.of(further));
    assertThat(line.execute(arguments.toArray(String[]::new))).isZero();
    return out.toString();
  }

  private static void assertRefused(DistressPattern pattern, String reason) throws Exception {
    RecordMetadata at = system.publish(Topics.PATTERNS, pattern);
    ConsumerRecord<byte[], byte[]> letter = system.deadLetter(at, "distress");
    assertThat(letter.key()).isEqualTo(pattern.getPatternId().getBytes(UTF_8));
    assertThat(letter.value()).isEqualTo(system.bytes(Topics.PATTERNS, pattern));
    assertThat(WholeSystem.header(letter, DeadLetters.EXCEPTION_MESSAGE)).contains(reason);
  }

  private static DistressPattern pattern(
      String id, long withinMillis, Consumer<DistressPattern> but) {
    DistressPattern pattern =
        DistressPattern.newBuilder()
            .setPatternId(id)
            .setLabels(List.of(DOOR, BARK))
            .setWithinMillis(withinMillis)
            .setWithinMetres(60)
            .setMinimumProbability(0.5)
            .setMinimumSensors(3)
            .setSeverity(Severity.LOW)
            .setEnabled(true)
            .build();
    but.accept(pattern);
    return pattern;
  }

  private static void awaitLocated(String label, Instant origin) {
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(system.values(Topics.SOUND_EVENTS))
                    .anyMatch(
                        event ->
                            event.getLabel().equals(label) && near(event.getOriginAt(), origin)));
  }

  private static void awaitAlert(String patternId, Instant doorAt) {
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(() -> assertThat(alerts(patternId)).anyMatch(alert -> isOf(alert, doorAt)));
  }

  private static List<DistressAlert> alerts(String patternId) {
    return system.values(Topics.DISTRESS_ALERTS).stream()
        .filter(alert -> alert.getPatternId().equals(patternId))
        .toList();
  }

  private static boolean isOf(DistressAlert alert, Instant doorAt) {
    return near(alert.getStartedAt(), doorAt);
  }

  private static boolean near(Instant one, Instant other) {
    return Duration.between(one, other).abs().toMillis() < 200;
  }

  /** What every sensor within 400 m detects of a sound at metres from the middle. */
  private void hear(String label, Instant origin, double east, double north) throws Exception {
    double[] source = at(east, north);
    for (Sensor sensor : SENSORS) {
      Place place = sensor.getPlace();
      double metres =
          Geodesic.WGS84.Inverse(
                  source[0], source[1], place.getLatitudeDegrees(), place.getLongitudeDegrees())
              .s12;
      if (metres < 400) {
        double seconds = metres / METRES_PER_SECOND + random.nextGaussian() * 0.003;
        system.publish(
            Topics.DETECTIONS,
            detection(sensor, label, origin.plusNanos(1_000 * Math.round(seconds * 1e6))));
      }
    }
  }

  private static Detection detection(Sensor sensor, String label, Instant onset) {
    return Detection.newBuilder()
        .setDetectionId(
            UUID.nameUUIDFromBytes((sensor.getSensorId() + label + onset).getBytes(UTF_8))
                .toString())
        .setSensorId(sensor.getSensorId())
        .setPlace(sensor.getPlace())
        .setLabel(label)
        .setProbability(0.9)
        .setScore(0.9f)
        .setOnsetAt(onset)
        .setOnsetSigmaMicros(4_000)
        .setEndAt(onset.plusSeconds(1))
        .setLevelDbfs(-30)
        .setClock(Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build())
        .setModel(ModelRef.newBuilder().setId("none").setVersion("1").setDigest("none").build())
        .build();
  }

  private static double[] at(double east, double north) {
    GeodesicData there =
        Geodesic.WGS84.Direct(
            LATITUDE, LONGITUDE, Math.toDegrees(Math.atan2(east, north)), Math.hypot(east, north));
    return new double[] {there.lat2, there.lon2};
  }
}
