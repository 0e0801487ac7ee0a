package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.tocsin.audio.Pcm16;
import io.tocsin.edge.TocsinSensor;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One recording through every source of tocsin-sensor, each at a real server. */
@Tag("alone")
class SourcesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String BY_FILE = "by-file";

  /** What the clocks of arrival may differ by while they settle. */
  private static final Duration SAME_ONSET = Duration.ofMillis(20);

  /** The same windows, scored in batches of other sizes. */
  private static final double SAME_SCORE = 1e-4;

  /** As {@link #SAME_ONSET}, behind a sound server that hands out sound in pieces. */
  private static final Duration NEAR_ONSET = Duration.ofMillis(60);

  @TempDir private static Path home;

  private static WholeSystem system;
  private static short[] recording;
  private static Path wav;
  private static List<Heard> byFile;

  private SourceServers servers;
  private Instant began = Instant.EPOCH;

  /** A detection, its onset told from the recording's first sample. */
  private record Heard(String label, double score, Duration onset) {}

  @BeforeAll
  static void startEverythingAndPlayTheFile() throws Exception {
    Given.bundle();
    recording = Recordings.breakingGlass(Given.audio(), 2);
    wav = home.resolve("recording.wav");
    Recordings.writeWav(wav, recording);
    system = WholeSystem.start(home, "sources");
    try (SourceServers players = new SourceServers(home)) {
      assertThat(sensor(players, BY_FILE, Map.of(), wav.toString()).waitFor()).isZero();
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(3))
        .until(new Unchanging(() -> heard(BY_FILE, 0).size()));
    byFile = heard(BY_FILE, 0);
    assertThat(byFile).extracting(Heard::label).contains("glass_shatter");
  }

  /** Whether a count is above 0 and the same as when it was last looked at. */
  private static final class Unchanging implements java.util.concurrent.Callable<Boolean> {
    private final java.util.function.IntSupplier count;
    private int before;

    Unchanging(java.util.function.IntSupplier count) {
      this.count = count;
    }

    @Override
    public Boolean call() {
      int now = count.getAsInt();
      boolean same = now > 0 && now == before;
      before = now;
      return same;
    }
  }

  @AfterAll
  static void stopEverything() {
    if (system != null) {
      system.close();
    }
  }

  @BeforeEach
  void openServers() {
    servers = new SourceServers(home);
    began = Instant.now();
  }

  @AfterEach
  void closeServers() {
    servers.close();
  }

  private static Process sensor(
      SourceServers servers, String id, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                TocsinSensor.class.getName(),
                "--sensor-id=" + id,
                "--lat=48.1",
                "--lon=11.5",
                "--health=off",
                "--spool=" + home.resolve("spool-" + id),
                "--stall-after=30s",
                "--bootstrap-servers=" + system.endpoints().bootstrapServers(),
                "--registry-url=" + system.endpoints().registryUrl()));
    command.addAll(List.of(arguments));
    return servers.start(id, environment, command.toArray(String[]::new));
  }

  private static List<AudioFrame> frames(String sensorId) {
    return system.values(Topics.AUDIO_FRAMES).stream()
        .filter(frame -> frame.getSensorId().equals(sensorId))
        .sorted(Comparator.comparing(AudioFrame::getCapturedAt))
        .toList();
  }

  private static short[] samples(List<AudioFrame> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (AudioFrame frame : frames) {
      ByteBuffer samples = frame.getSamples().duplicate();
      byte[] bytes = new byte[samples.remaining()];
      samples.get(bytes);
      all.writeBytes(bytes);
    }
    return Pcm16.decode(ByteBuffer.wrap(all.toByteArray()));
  }

  /**
   * What was detected, in the order of its onsets.
   *
   * @param first the recording's first sample among the sensor's
   */
  private static List<Heard> heard(String sensorId, long first) {
    List<AudioFrame> frames = frames(sensorId);
    if (frames.isEmpty()) {
      return List.of();
    }
    Instant begin =
        frames
            .get(0)
            .getCapturedAt()
            .plus(first * 1_000_000 / Frames.RATE_HERTZ, ChronoUnit.MICROS);
    return system.values(Topics.DETECTIONS).stream()
        .filter(detection -> detection.getSensorId().equals(sensorId))
        .sorted(Comparator.comparing(Detection::getOnsetAt).thenComparing(Detection::getLabel))
        .map(d -> new Heard(d.getLabel(), d.getScore(), Duration.between(begin, d.getOnsetAt())))
        .toList();
  }

  private static void awaitSamples(String sensorId) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(samples(frames(sensorId)))
                    .as("samples of " + sensorId)
                    .hasSizeGreaterThanOrEqualTo(recording.length));
  }

  /** The very samples, hence the very scores; onsets as far apart as arrival is uneven. */
  private static void assertHeardAsFromTheFile(String sensorId, ClockSource clock) {
    awaitSamples(sensorId);
    List<AudioFrame> frames = frames(sensorId);
    assertThat(samples(frames)).isEqualTo(recording);
    assertThat(frames).extracting(frame -> frame.getClock().getSource()).containsOnly(clock);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertSame(heard(sensorId, 0), SAME_SCORE, SAME_ONSET));
  }

  private static void assertSame(List<Heard> heard, double score, Duration onset) {
    assertSame(heard, byFile, score, onset);
  }

  private static void assertSame(
      List<Heard> heard, List<Heard> expected, double score, Duration onset) {
    assertThat(heard)
        .extracting(Heard::label)
        .isEqualTo(expected.stream().map(Heard::label).toList());
    for (int i = 0; i < heard.size(); i++) {
      assertThat(heard.get(i).score()).isCloseTo(expected.get(i).score(), within(score));
      assertThat(heard.get(i).onset()).isCloseTo(expected.get(i).onset(), onset);
    }
  }

  /** Of this machine's clock, which something may set or nothing. */
  private static ClockSource systems() {
    return frames(BY_FILE).get(0).getClock().getSource();
  }

  @Test
  void standardInputIsHeardAsTheFileIs() throws Exception {
    Process sensor = sensor(servers, "by-stdin", Map.of(), "-");
    try (OutputStream in = sensor.getOutputStream()) {
      in.write(Pcm16.encode(recording).array());
    }
    assertThat(sensor.waitFor()).isZero();
    assertHeardAsFromTheFile("by-stdin", systems());
  }

  @Test
  void anRtspServerIsHeardAsTheFileIs() throws Exception {
    // The server would play the recording again.
    sensor(
        servers,
        "by-rtsp",
        Map.of(),
        "--restart-pause=10m",
        "--longest-restart-pause=10m",
        servers.rtsp(wav));
    assertHeardAsFromTheFile("by-rtsp", systems());
  }

  @Test
  void anRtspServersOwnClockDatesItsSound() throws Exception {
    sensor(
        servers,
        "by-sender",
        Map.of(),
        "--restart-pause=10m",
        "--longest-restart-pause=10m",
        "--stream-clock=SENDER",
        "--sender-discipline=PTP",
        "--sender-uncertainty=5ms",
        servers.rtsp(wav));
    assertHeardAsFromTheFile("by-sender", ClockSource.PTP);
    // The server's clock is this machine's, and it began to play after it was asked to.
    assertThat(frames("by-sender"))
        .allSatisfy(frame -> assertThat(frame.getClock().getUncertaintyMicros()).isEqualTo(5_000L))
        .first()
        .satisfies(frame -> assertThat(frame.getCapturedAt()).isBetween(began, Instant.now()));
  }

  @Test
  void anHttpServerIsHeardAsTheFileIs() throws Exception {
    sensor(servers, "by-http", Map.of(), servers.http(wav));
    assertHeardAsFromTheFile("by-http", systems());
  }

  @Test
  void anMqttDeviceIsHeardAsTheFileIs() throws Exception {
    int port = servers.mqtt();
    sensor(servers, "by-mqtt", Map.of(), "mqtt://127.0.0.1:" + port);
    Mqtt5BlockingClient device =
        MqttClient.builder()
            .useMqttVersion5()
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildBlocking();
    device.connect();
    long begin =
        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now())
            - recording.length * 1_000_000L / Frames.RATE_HERTZ;
    int chunk = Frames.RATE_HERTZ / 2;
    for (int from = 0; from < recording.length; from += chunk) {
      short[] samples =
          Arrays.copyOfRange(recording, from, Math.min(recording.length, from + chunk));
      byte[] message = message(samples, begin + from * 1_000_000L / Frames.RATE_HERTZ);
      // Until the bridge listens, the broker has nobody to keep it for.
      await().atMost(PATIENCE).until(() -> isHeard(device, message));
    }
    device.disconnect();
    assertHeardAsFromTheFile("by-mqtt", ClockSource.GPS);
  }

  /**
   * Killed while it reads: each file's frames are there, and what is there twice is numbered so.
   */
  @Test
  void aWatchedFoldersFilesAreHeardOnceEachThoughTheSensorIsKilled() throws Exception {
    Path folder = Files.createDirectories(home.resolve("watched"));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    List<Instant> starts = List.of(now.minusSeconds(120), now.minusSeconds(60));
    DateTimeFormatter name =
        DateTimeFormatter.ofPattern("'gate-'yyyyMMdd_HHmmss'.wav'").withZone(ZoneOffset.UTC);
    for (Instant start : starts) {
      Files.copy(wav, folder.resolve(name.format(start)));
    }
    String[] arguments = {"--watch-complete=1s", "watch:" + folder};
    Process first = sensor(servers, "by-folder", Map.of(), arguments);
    await().atMost(PATIENCE).until(() -> !frames("by-folder").isEmpty());
    first.destroyForcibly().waitFor();
    sensor(servers, "by-folder", Map.of(), arguments);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                starts.stream()
                    .allMatch(s -> Files.exists(folder.resolve("done").resolve(name.format(s)))));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, TreeMap<Long, AudioFrame>> runs = new HashMap<>();
              for (AudioFrame frame : frames("by-folder")) {
                runs.computeIfAbsent(frame.getBootId(), boot -> new TreeMap<>())
                    .put(frame.getSequence(), frame);
              }
              assertThat(runs).hasSize(2);
              for (TreeMap<Long, AudioFrame> run : runs.values()) {
                assertThat(samples(List.copyOf(run.values()))).isEqualTo(recording);
                assertThat(starts).contains(run.firstEntry().getValue().getCapturedAt());
              }
            });
    for (Instant start : starts) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertSame(heardOnceFrom("by-folder", start), SAME_SCORE, SAME_ONSET));
    }
  }

  /** What was detected within the recording that began then; what has one id is one. */
  private static List<Heard> heardOnceFrom(String sensorId, Instant begin) {
    Map<String, Detection> once = new TreeMap<>();
    Instant end = begin.plusMillis(recording.length * 1_000L / Frames.RATE_HERTZ);
    for (Detection detection : system.values(Topics.DETECTIONS)) {
      if (detection.getSensorId().equals(sensorId)
          && !detection.getOnsetAt().isBefore(begin)
          && detection.getOnsetAt().isBefore(end)) {
        once.put(detection.getDetectionId(), detection);
      }
    }
    return once.values().stream()
        .sorted(Comparator.comparing(Detection::getOnsetAt).thenComparing(Detection::getLabel))
        .map(d -> new Heard(d.getLabel(), d.getScore(), Duration.between(begin, d.getOnsetAt())))
        .toList();
  }

  /** Publishes; false if nobody listens yet. */
  private static boolean isHeard(Mqtt5BlockingClient device, byte[] message) {
    Mqtt5PublishResult result =
        device
            .publishWith()
            .topic("tocsin/by-mqtt/audio")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(message)
            .send();
    return ((Mqtt5PublishResult.Mqtt5Qos1Result) result).getPubAck().getReasonCode()
        == Mqtt5PubAckReasonCode.SUCCESS;
  }

  /** As docs/SENSOR.md lays down. */
  private static byte[] message(short[] samples, long capturedAtMicros) {
    return ByteBuffer.allocate(24 + 2 * samples.length)
        .put("TOCA".getBytes(StandardCharsets.US_ASCII))
        .put(new byte[] {1, 0, 1, (byte) ClockSource.GPS.ordinal()})
        .putInt(Frames.RATE_HERTZ)
        .putLong(capturedAtMicros)
        .putInt(200)
        .put(Pcm16.encode(samples))
        .array();
  }

  @Test
  void aSoundCardIsHeardAsTheFileIs() throws Exception {
    Map<String, String> card = servers.microphoneCard();
    sensor(servers, "by-microphone", card, "card:");
    // A card does not end: what follows fills the last frame.
    short[] goesOn = Arrays.copyOf(recording, recording.length + 2 * Frames.RATE_HERTZ);
    Path longer = home.resolve("longer.wav");
    Recordings.writeWav(longer, goesOn);
    servers.speak(card, longer);
    awaitSamples("by-microphone");
    assertThat(samples(frames("by-microphone"))).startsWith(recording);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertSame(heard("by-microphone", 0), SAME_SCORE, NEAR_ONSET));
  }

  /**
   * A card begins to capture at any sample, so that windows lie elsewhere on the sound than on the
   * recording's: what is near a threshold may be on its other side. So the recording is there
   * sample for sample, and all that the file gave is heard at its place; more may be.
   */
  @Test
  void whatIsPlayedWhileASoundCardIsCapturedIsHeard() throws Exception {
    Map<String, String> card = servers.loopbackCard();
    sensor(servers, "by-card", card, "card:");
    await().atMost(PATIENCE).until(() -> frames("by-card").size() > 1);
    assertThat(servers.start("paplay", card, "/usr/bin/paplay", wav.toString()).waitFor()).isZero();
    // PulseAudio drops what comes before its card runs: the recording begins with silence.
    int known = Frames.RATE_HERTZ;
    short[] rest = Arrays.copyOfRange(recording, known, recording.length);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(find(rest, samples(frames("by-card")))).isNotNegative());
    int first = find(rest, samples(frames("by-card"))) - known;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<Heard> heard = heard("by-card", first);
              for (Heard expected : byFile) {
                assertThat(heard)
                    .anySatisfy(
                        h -> {
                          assertThat(h.label()).isEqualTo(expected.label());
                          assertThat(h.onset()).isCloseTo(expected.onset(), NEAR_ONSET);
                        });
              }
            });
    assertHeardAsAFileOfTheSameSamples("by-card");
  }

  /** Windows begin where a sensor's sound does: a file of all that it sent has the same windows. */
  private void assertHeardAsAFileOfTheSameSamples(String sensorId) throws Exception {
    Path file = home.resolve(sensorId + ".wav");
    Recordings.writeWav(file, samples(frames(sensorId)));
    String again = sensorId + "-as-file";
    assertThat(sensor(servers, again, Map.of(), file.toString()).waitFor()).isZero();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(heard(again, 0)).hasSizeGreaterThanOrEqualTo(byFile.size());
              assertSame(heard(sensorId, 0), heard(again, 0), SAME_SCORE, NEAR_ONSET);
            });
  }

  /** Where all of {@code wanted} is in {@code samples}; -1 if nowhere. */
  private static int find(short[] wanted, short[] samples) {
    for (int at = 0; at + wanted.length <= samples.length; at++) {
      if (Arrays.equals(samples, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }
}
