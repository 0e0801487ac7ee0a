package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.tocsin.audio.FlacFrames;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.wire.DeadLetters;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records that cannot be used, sent into the running system: each lands in its dead-letter topic
 * and in PostGIS as it came and with the reason, is counted, and what comes behind it in the same
 * partition is scored.
 */
class PoisonIT {

  private static final String SCORING = "scoring";
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static final int FIELDS_AFTER_SAMPLES =
      Topics.AUDIO_FRAMES.schema().getFields().size()
          - 1
          - Topics.AUDIO_FRAMES.schema().getField("samples").pos();

  /** Of the wire format: a magic byte and a schema id. */
  private static final int PREFIX_BYTES = 5;

  @TempDir private static Path home;

  private static WholeSystem system;

  private static int witnesses;

  @BeforeAll
  static void startEverything() throws Exception {
    system = WholeSystem.start(home, "poison");
  }

  @AfterAll
  static void stopEverything() {
    if (system != null) {
      system.close();
    }
  }

  @Test
  void whatTheJobsCountIsOnThePageForPrometheus() throws Exception {
    AudioFrame frame = Frames.second("metrics");
    system.publish(Topics.AUDIO_FRAMES, frame);
    String prefix = "flink_taskmanager_job_task_operator_";
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(page(system.stack().metricsUrl()))
                    .containsPattern(prefix + "windowsScored\\{[^}]*score_windows[^}]*\\} [1-9]")
                    .contains(
                        prefix + "windowsPerSecond{",
                        prefix + "windowsFailed{",
                        prefix + "windowsPadded{",
                        prefix + "batchSize{",
                        prefix + "batchSize_count{",
                        prefix + "queueWaitMicros{",
                        prefix + "inferenceMicros{",
                        prefix + "gaps{",
                        prefix + "framesDuplicate{",
                        prefix + "framesLate{",
                        prefix + "framesClamped{"));
  }

  private static String page(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void flacThatIsNone() throws Exception {
    AudioFrame frame = Frames.second("flac-garbage");
    frame.setEncoding(AudioEncoding.FLAC);
    assertRefused(frame, "DECODE", "samples", "FLAC");
  }

  @Test
  void flacThatIsCutShort() throws Exception {
    AudioFrame frame = Frames.second("flac-short");
    byte[] whole = FlacFrames.encode(Frames.noise(Frames.RATE_HERTZ), Frames.RATE_HERTZ);
    frame.setEncoding(AudioEncoding.FLAC);
    frame.setSamples(ByteBuffer.wrap(whole, 0, whole.length / 2));
    assertRefused(frame, "DECODE", "samples: truncated", "16000 samples declared");
  }

  @Test
  void flacOfAMinuteInOneFrame() throws Exception {
    AudioFrame frame = Frames.second("flac-long");
    frame.setEncoding(AudioEncoding.FLAC);
    frame.setSamples(
        ByteBuffer.wrap(FlacFrames.encode(new short[60 * Frames.RATE_HERTZ], Frames.RATE_HERTZ)));
    assertRefused(frame, "DECODE", "samples", "more than 320000 bytes");
  }

  @Test
  void anEncodingThatALaterSchemaVersionAdded() throws Exception {
    Schema known = Topics.AUDIO_FRAMES.schema();
    Schema later =
        new Schema.Parser().parse(known.toString().replace("\"FLAC\"]", "\"FLAC\",\"OPUS\"]"));
    int id = system.registry().register(Topics.AUDIO_FRAMES.subject(), new AvroSchema(later));
    byte[] written = system.bytes(Topics.AUDIO_FRAMES, Frames.second("opus"));
    GenericRecord frame =
        new GenericDatumReader<GenericRecord>(known, later)
            .read(
                null,
                DecoderFactory.get()
                    .binaryDecoder(written, PREFIX_BYTES, written.length - PREFIX_BYTES, null));
    frame.put("encoding", new GenericData.EnumSymbol(later.getField("encoding").schema(), "OPUS"));
    ByteArrayOutputStream avro = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(avro, null);
    new GenericDatumWriter<GenericRecord>(later).write(frame, encoder);

    assertRefused(
        Topics.AUDIO_FRAMES,
        "opus".getBytes(UTF_8),
        withSchemaId(id, avro.toByteArray()),
        "CHECK",
        "encoding is UNKNOWN",
        "PCM_S16LE or FLAC");
  }

  @ParameterizedTest
  @ValueSource(ints = {123_456_789, 0, -1, Integer.MIN_VALUE})
  void aSchemaIdThatTheRegistryDoesNotKnow(int id) throws Exception {
    byte[] value = system.bytes(Topics.AUDIO_FRAMES, Frames.second("unknown-id"));
    ByteBuffer.wrap(value).putInt(1, id);
    assertRefused(
        Topics.AUDIO_FRAMES,
        "unknown-id".getBytes(UTF_8),
        value,
        "DECODE",
        "schema id " + id,
        "not in the registry");
  }

  @Test
  void aSchemaIdOfAnotherSubject() throws Exception {
    int id = system.registry().getLatestSchemaMetadata(Topics.HEARTBEATS.subject()).getId();
    byte[] value = system.bytes(Topics.AUDIO_FRAMES, Frames.second("other-id"));
    ByteBuffer.wrap(value).putInt(1, id);
    assertRefused(
        Topics.AUDIO_FRAMES,
        "other-id".getBytes(UTF_8),
        value,
        "DECODE",
        "schema id " + id + " is io.tocsin.schema.avro.Heartbeat",
        "expected io.tocsin.schema.avro.AudioFrame");
  }

  @Test
  void aLengthThatTheRecordDoesNotHave() throws Exception {
    byte[] whole = system.bytes(Topics.AUDIO_FRAMES, Frames.second("length"));
    ByteArrayOutputStream claim = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(claim, null);
    encoder.writeLong(2_000_000_000L);
    int samplesBytes = 2 * Frames.RATE_HERTZ;
    byte[] lengthOfSamples = {(byte) 0x80, (byte) 0xf4, 0x03};
    // Fields follow that take a byte each where they say nothing.
    int lengthAt = whole.length - FIELDS_AFTER_SAMPLES - samplesBytes - lengthOfSamples.length;
    int samplesAt = lengthAt + lengthOfSamples.length;
    assertThat(Arrays.copyOfRange(whole, lengthAt, samplesAt)).isEqualTo(lengthOfSamples);
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(whole, 0, lengthAt);
    value.writeBytes(claim.toByteArray());
    value.write(whole, samplesAt, whole.length - samplesAt);
    assertRefused(
        Topics.AUDIO_FRAMES,
        "length".getBytes(UTF_8),
        value.toByteArray(),
        "DECODE",
        "a length of 2000000000 for bytes");
  }

  @Test
  void bytesWithoutTheWireFormat() throws Exception {
    assertRefused(
        Topics.AUDIO_FRAMES,
        "text".getBytes(UTF_8),
        "{\"sensorId\": \"text\"}".getBytes(UTF_8),
        "DECODE",
        "magic byte");
  }

  @Test
  void aRecordThatEndsTooEarly() throws Exception {
    byte[] whole = system.bytes(Topics.AUDIO_FRAMES, Frames.second("cut"));
    assertRefused(
        Topics.AUDIO_FRAMES,
        "cut".getBytes(UTF_8),
        Arrays.copyOf(whole, whole.length / 2),
        "DECODE",
        "expected AudioFrame");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"})
  void aCaptureTimeThatCannotBe(Instant capturedAt) throws Exception {
    assertRefused(
        Frames.frame("clock", 0, capturedAt, Frames.noise(Frames.RATE_HERTZ)),
        "CHECK",
        "capturedAt is " + capturedAt,
        "set the sensor's clock");
  }

  @Test
  void aFrameWithoutSamples() throws Exception {
    assertRefused(
        Frames.frame("empty", 0, Frames.now(), new short[0]), "CHECK", "samples is empty");
  }

  @Test
  void anEmptyValue() throws Exception {
    assertRefused(
        Topics.AUDIO_FRAMES, "nothing".getBytes(UTF_8), new byte[0], "DECODE", "it is empty");
  }

  @Test
  void noValueWhereNothingCanBeWithdrawn() throws Exception {
    assertRefused(Topics.AUDIO_FRAMES, "none".getBytes(UTF_8), null, "CHECK", "value is null");
  }

  @Test
  void aKeyThatIsNotTheSensorsId() throws Exception {
    byte[] value = system.bytes(Topics.AUDIO_FRAMES, Frames.second("mine"));
    assertRefused(
        Topics.AUDIO_FRAMES,
        "yours".getBytes(UTF_8),
        value,
        "CHECK",
        "sensorId is mine but the record's key is yours");
  }

  @Test
  void noKey() throws Exception {
    byte[] value = system.bytes(Topics.AUDIO_FRAMES, Frames.second("keyless"));
    assertRefused(Topics.AUDIO_FRAMES, null, value, "CHECK", "sensorId is keyless", "key is null");
  }

  @Test
  void aSensorNowhere() throws Exception {
    Sensor nowhere = Frames.sensor("nowhere", Double.NaN, Double.NaN);
    RecordMetadata at =
        assertRefused(
            Topics.SENSORS,
            "nowhere".getBytes(UTF_8),
            system.bytes(Topics.SENSORS, nowhere),
            "CHECK",
            "latitudeDegrees is NaN",
            "-90");
    // Whoever reads registrations refuses it for itself.
    system.deadLetter(at, "distress");
    system.deadLetter(at, "sink");
  }

  @Test
  void aFrameThatComesTwiceCountsOnce() throws Exception {
    long duplicates = system.scoringCount("framesDuplicate");
    long windows = system.scoringCount("windowsScored");
    long letters = system.scoringCount("deadLetters");
    short[] audio = Frames.noise(4 * Frames.RATE_HERTZ);
    List<AudioFrame> frames = Frames.seconds("stutter", Frames.now(), audio);

    List<RecordMetadata> sent = new ArrayList<>();
    for (int frame : new int[] {0, 1, 1, 2, 0, 3}) {
      sent.add(system.publish(Topics.AUDIO_FRAMES, frames.get(frame)));
    }

    system.awaitScoringCount("framesDuplicate", duplicates + 2);
    system.awaitScoringCount("windowsScored", windows + Frames.windowsOf(audio.length));
    assertWhatComesBehindIsScored(sent.get(0).partition());
    assertThat(system.scoringCount("deadLetters")).isEqualTo(letters);
    assertThat(sent).allSatisfy(at -> assertThat(system.deadLetters(at, SCORING)).isEmpty());
  }

  @Test
  void soundThatComesTwiceIsDetectedOnce() throws Exception {
    short[] audio = Recordings.breakingGlass(Given.audio(), 4);
    long windows = system.scoringCount("windowsScored");
    List<AudioFrame> once = Frames.seconds("once", Frames.now().minusSeconds(120), audio);
    for (String sensorId : List.of("once", "twice")) {
      system.publish(Topics.SENSORS, Frames.sensor(sensorId, 48.1, 11.5));
    }
    for (AudioFrame frame : once) {
      AudioFrame again = AudioFrame.newBuilder(frame).setSensorId("twice").build();
      system.publish(Topics.AUDIO_FRAMES, frame);
      system.publish(Topics.AUDIO_FRAMES, again);
      system.publish(Topics.AUDIO_FRAMES, again);
    }

    long samples = (long) once.size() * Frames.RATE_HERTZ;
    system.awaitScoringCount("windowsScored", windows + 2 * Frames.windowsOf(samples));
    await()
        .atMost(WholeSystem.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(detected("once")).isNotEmpty();
              assertThat(detected("twice")).hasSameSizeAs(detected("once"));
            });
    assertWhatComesBehindIsScored(0);
    assertThat(detected("twice")).isEqualTo(detected("once")).doesNotHaveDuplicates();
  }

  @Test
  void filesThatASensorCannotReadAreNamedAndTheOthersPublished(
      @TempDir Path folder, @TempDir Path spool) throws Exception {
    long windows = system.scoringCount("windowsScored");
    short[] audio = Frames.noise(3 * Frames.RATE_HERTZ);
    Path truncated = folder.resolve("b-truncated.wav");
    Path unknownCodec = folder.resolve("c-codec.wav");
    Recordings.writeWav(folder.resolve("a-whole.wav"), audio);
    Recordings.writeWav(folder.resolve("d-whole.wav"), audio);
    Recordings.writeWav(truncated, audio);
    Recordings.writeWav(unknownCodec, audio);
    Files.write(truncated, Arrays.copyOf(Files.readAllBytes(truncated), 50_000));
    byte[] mp3 = Files.readAllBytes(unknownCodec);
    ByteBuffer.wrap(mp3).order(ByteOrder.LITTLE_ENDIAN).putShort(20, (short) 0x55);
    Files.write(unknownCodec, mp3);
    StringWriter out = new StringWriter();
    StringWriter errors = new StringWriter();

    int exit =
        Tocsin.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true))
            .execute(
                "sensor",
                "--sensor-id=files",
                "--lat=52.5",
                "--lon=13.4",
                "--pace=max",
                "--bootstrap-servers=" + system.endpoints().bootstrapServers(),
                "--registry-url=" + system.endpoints().registryUrl(),
                "--spool=" + spool,
                folder.toString());

    assertThat(exit).isEqualTo(1);
    assertThat(errors.toString().lines())
        .hasSize(2)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(truncated.toString(), "truncated", "declares 96000 bytes", "49956"))
        .anySatisfy(line -> assertThat(line).contains(unknownCodec.toString(), "codec 0x0055"));
    assertThat(out.toString()).contains("files: 6 frames taken by Kafka, 0 not");
    system.awaitScoringCount("windowsScored", windows + Frames.windowsOf(2L * audio.length));
    system.assertNothingStopped();
  }

  private static byte[] withSchemaId(int id, byte[] avro) {
    return ByteBuffer.allocate(PREFIX_BYTES + avro.length)
        .put((byte) 0)
        .putInt(id)
        .put(avro)
        .array();
  }

  private record Heard(String label, Instant onsetAt, Instant endAt, float score) {}

  private static List<Heard> detected(String sensorId) {
    return system.values(Topics.DETECTIONS).stream()
        .filter(detection -> detection.getSensorId().equals(sensorId))
        .map(PoisonIT::heard)
        .toList();
  }

  private static Heard heard(Detection detection) {
    return new Heard(
        detection.getLabel(), detection.getOnsetAt(), detection.getEndAt(), detection.getScore());
  }

  private static void assertRefused(AudioFrame frame, String stage, String... reason)
      throws Exception {
    assertRefused(
        Topics.AUDIO_FRAMES,
        frame.getSensorId().getBytes(UTF_8),
        system.bytes(Topics.AUDIO_FRAMES, frame),
        stage,
        reason);
  }

  /** Sends the record and follows it to everywhere that it must show. */
  private static RecordMetadata assertRefused(
      Topic<?> topic,
      byte @Nullable [] key,
      byte @Nullable [] value,
      String stage,
      String... reason)
      throws Exception {
    long letters = system.scoringCount("deadLetters");
    RecordMetadata at =
        system.publish(
            new ProducerRecord<>(
                topic.name(),
                null,
                key,
                value,
                List.of(new RecordHeader("traceparent", TRACE.getBytes(UTF_8)))));

    ConsumerRecord<byte[], byte[]> letter = system.deadLetter(at, SCORING);

    assertThat(letter.topic()).isEqualTo(topic.dlq());
    assertThat(letter.key()).isEqualTo(key);
    assertThat(letter.value()).isEqualTo(value);
    assertThat(WholeSystem.header(letter, "traceparent")).isEqualTo(TRACE);
    assertThat(WholeSystem.header(letter, DeadLetters.TOPIC)).isEqualTo(topic.name());
    assertThat(WholeSystem.header(letter, DeadLetters.PARTITION)).isEqualTo("" + at.partition());
    assertThat(WholeSystem.header(letter, DeadLetters.OFFSET)).isEqualTo("" + at.offset());
    assertThat(WholeSystem.header(letter, DeadLetters.STAGE)).isEqualTo(stage);
    assertThat(WholeSystem.header(letter, DeadLetters.EXCEPTION_CLASS)).isNotBlank();
    assertThat(WholeSystem.header(letter, DeadLetters.EXCEPTION_MESSAGE)).contains(reason);
    assertRow(at, key, value, stage, reason);
    assertWhatComesBehindIsScored(at.partition());
    system.awaitScoringCount("deadLetters", letters + 1);
    assertThat(system.deadLetters(at, SCORING)).hasSize(1);
    return at;
  }

  private static void assertRow(
      RecordMetadata at,
      byte @Nullable [] key,
      byte @Nullable [] value,
      String stage,
      String... reason)
      throws Exception {
    try (Connection connection = system.stack().connect();
        PreparedStatement query =
            connection.prepareStatement(
                """
                SELECT key, value_bytes, stage, reason FROM tocsin.dead_letter
                WHERE topic = ? AND partition = ? AND "offset" = ?""")) {
      query.setString(1, at.topic());
      query.setInt(2, at.partition());
      query.setLong(3, at.offset());
      await()
          .atMost(WholeSystem.PATIENCE)
          .untilAsserted(
              () -> {
                try (ResultSet row = query.executeQuery()) {
                  assertThat(row.next()).as("row of " + at).isTrue();
                  assertThat(row.getBytes("key")).isEqualTo(key);
                  assertThat(row.getObject("value_bytes"))
                      .isEqualTo(value == null ? null : (long) value.length);
                  assertThat(row.getString("stage")).isEqualTo(stage);
                  assertThat(row.getString("reason")).contains(reason);
                }
              });
    }
  }

  /** A good frame of another sensor, behind all that was sent to the partition before. */
  private static void assertWhatComesBehindIsScored(int partition) throws Exception {
    long windows = system.scoringCount("windowsScored");
    AudioFrame witness = Frames.second("witness-" + witnesses++);
    system.publish(
        new ProducerRecord<>(
            Topics.AUDIO_FRAMES.name(),
            partition,
            witness.getSensorId().getBytes(UTF_8),
            system.bytes(Topics.AUDIO_FRAMES, witness)));
    system.awaitScoringCount("windowsScored", windows + 1);
    system.assertNothingStopped();
  }
}
