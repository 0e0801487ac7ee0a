package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.SecondOpinion;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorState;
import io.tocsin.schema.avro.SoundEvent;
import io.tocsin.schema.avro.Verdict;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.sink.SinkBench.RunningSink;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sink between a real broker and a real PostGIS. */
class SinkIT {

  private static final List<String> TABLES =
      List.of(
          "sensor",
          "sensor_place_history",
          "detection",
          "sound_event",
          "distress_alert",
          "alert_detection",
          "sensor_status",
          "review",
          "pattern",
          "dead_letter");

  private static PrivatePostgres postgres;
  private SinkBench bench;

  @BeforeAll
  static void startPostgres() throws Exception {
    Optional<Path> bin = PrivatePostgres.installation();
    assumeTrue(bin.isPresent(), PrivatePostgres.MISSING);
    postgres = PrivatePostgres.start(bin.get());
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void createBench() throws Exception {
    bench = SinkBench.create(postgres);
  }

  @AfterEach
  void closeBench() throws Exception {
    bench.close();
  }

  @Test
  void rowsEqualTheDistinctRecordsAndARereadOfAllTopicsChangesNothing() {
    Random random = new Random(7);
    List<Detection> detections = new ArrayList<>();
    List<SoundEvent> events = new ArrayList<>();
    Map<String, Integer> highestRevisions = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      detections.add(
          Samples.detection("d" + i, Samples.NOON.plusSeconds(60L * i).plusNanos(1000L * i)));
    }
    for (int i = 0; i < 500; i++) {
      int revision = 1 + random.nextInt(5);
      highestRevisions.put("e" + i, revision);
      for (int r = 1; r <= revision; r++) {
        events.add(Samples.event("e" + i, r, "d" + i));
      }
    }
    List<Detection> twice = new ArrayList<>(detections);
    twice.addAll(detections);
    Collections.shuffle(twice, random);
    Collections.shuffle(events, random);
    twice.forEach(d -> bench.send(Topics.DETECTIONS, d));
    events.forEach(e -> bench.send(Topics.SOUND_EVENTS, e));
    bench.send(Topics.SENSORS, Samples.sensor("s1", 52.52, 13.41));
    bench.send(Topics.SENSOR_STATUS, Samples.status("s1", SensorState.ONLINE));
    bench.send(Topics.DISTRESS_ALERTS, Samples.alert("a1", 1, AlertState.OPEN, "d1", "d2"));
    bench.send(Topics.REVIEWS, Samples.review("a1", Verdict.TRUE_DISTRESS));
    bench.send(Topics.PATTERNS, Samples.pattern("glass-then-cry"));

    RunningSink sink = bench.startSink();
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(3000);
    assertThat(revisions()).isEqualTo(highestRevisions);
    assertThat(bench.count("tocsin.sensor")).isEqualTo(1);
    assertThat(bench.count("tocsin.sensor_place_history")).isEqualTo(1);
    assertThat(bench.count("tocsin.sensor_status")).isEqualTo(1);
    assertThat(bench.count("tocsin.distress_alert")).isEqualTo(1);
    assertThat(bench.count("tocsin.alert_detection")).isEqualTo(2);
    assertThat(bench.count("tocsin.review")).isEqualTo(1);
    assertThat(bench.count("tocsin.pattern")).isEqualTo(1);
    assertThat(bench.count("tocsin.dead_letter")).isZero();
    assertThat(sink.metrics().records()).isEqualTo(twice.size() + events.size() + 5);
    assertThat(sink.metrics().rows()).containsEntry("tocsin.review", 1L);

    sink.stop();
    String before = fingerprint();
    bench.jdbi().useHandle(h -> h.execute("UPDATE tocsin.consumer_offset SET next_offset = NULL"));
    RunningSink again = bench.startSink(100);
    bench.awaitAllWritten();

    assertThat(again.metrics().records()).isEqualTo(twice.size() + events.size() + 5);
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void anEventThatIsWithdrawnLeavesNoRowWhetherItHadOneOrNot() {
    bench.send(Topics.SOUND_EVENTS, Samples.event("stays", 1, "d1"));
    bench.send(Topics.SOUND_EVENTS, Samples.event("written", 1, "d2"));
    bench.startSink();
    bench.awaitAllWritten();
    assertThat(revisions()).isEqualTo(Map.of("stays", 1, "written", 1));

    bench.send(Topics.SOUND_EVENTS, withdrawn("written", 2, "d2"));
    bench.send(Topics.SOUND_EVENTS, Samples.event("unseen", 1, "d3"));
    bench.send(Topics.SOUND_EVENTS, withdrawn("unseen", 2, "d3"));
    bench.send(Topics.SOUND_EVENTS, Samples.event("back", 1, "d4"));
    bench.send(Topics.SOUND_EVENTS, withdrawn("back", 2, "d4"));
    bench.send(Topics.SOUND_EVENTS, Samples.event("back", 3, "d4"));
    bench.awaitAllWritten();
    assertThat(revisions()).isEqualTo(Map.of("stays", 1, "back", 3));
  }

  private static SoundEvent withdrawn(String id, int revision, String detectionId) {
    SoundEvent event = Samples.event(id, revision, detectionId);
    event.setWithdrawn(true);
    return event;
  }

  @Test
  void everyFieldOfADetectionArrivesExactly() {
    Detection detection = Samples.detection("d1", Samples.NOON);
    detection.getPlace().setAltitudeMetres(34.5);
    detection.getPlace().setAccuracyMetres(null);
    bench.send(Topics.DETECTIONS, detection);
    bench.startSink();
    bench.awaitAllWritten();

    assertThat(
            bench.text(
                """
                SELECT concat_ws('|', detection_id, sensor_id, ST_X(place::geometry),
                  ST_Y(place::geometry), altitude_m, accuracy_m IS NULL, label, probability, score,
                  (extract(epoch FROM onset_at) * 1000000)::bigint, onset_sigma_us,
                  (extract(epoch FROM ended_at) * 1000000)::bigint, level_dbfs, clock_source,
                  clock_uncertainty_us, model_id, model_version, model_digest,
                  evidence ->> 'firstSequence')
                FROM tocsin.detection
                """))
        .isEqualTo(
            "d1|s1|13.41|52.52|34.5|t|glass_shatter|0.9|0.75|1767268800123456|1500"
                + "|1767268801083456|-20.5|GPS|100|yamnet|1|d1|7");
  }

  @Test
  void anAlertChangesOnlyForAHigherRevision() {
    bench.startSink();
    bench.send(
        Topics.DISTRESS_ALERTS, Samples.alert("a1", 2, AlertState.UPDATED, "d1", "d2", "d3"));
    bench.awaitAllWritten();
    String openedAt = bench.text("SELECT opened_at FROM tocsin.distress_alert");

    bench.send(Topics.DISTRESS_ALERTS, Samples.alert("a1", 1, AlertState.OPEN, "d1"));
    bench.send(Topics.DISTRESS_ALERTS, Samples.alert("a1", 2, AlertState.OPEN, "d7"));
    bench.awaitAllWritten();

    assertThat(alertLine()).isEqualTo("2|UPDATED|false|d1,d2,d3");

    DistressAlert closed = Samples.alert("a1", 3, AlertState.CLOSED, "d2", "d4");
    bench.send(Topics.DISTRESS_ALERTS, closed);
    bench.awaitAllWritten();

    assertThat(alertLine()).isEqualTo("3|CLOSED|true|d2,d4");
    assertThat(bench.text("SELECT opened_at FROM tocsin.distress_alert")).isEqualTo(openedAt);
    assertThat(bench.count("tocsin.current_alert")).isZero();
  }

  @Test
  void aTombstoneTakesTheRowAwayButNotTheHistoryOfPlaces() {
    bench.startSink();
    Sensor moved = Samples.sensor("s1", 52.53, 13.42);
    moved.setRegisteredAt(Samples.NOON.plusSeconds(60));
    Sensor restarted = Samples.sensor("s1", 52.53, 13.42);
    restarted.setRegisteredAt(Samples.NOON.plusSeconds(120));
    bench.send(Topics.SENSORS, Samples.sensor("s1", 52.52, 13.41));
    bench.send(Topics.SENSORS, moved);
    bench.send(Topics.SENSORS, restarted);
    bench.send(Topics.SENSORS, Samples.sensor("s2", 52.52, 13.41));
    bench.send(Topics.PATTERNS, Samples.pattern("p1"));
    bench.awaitAllWritten();
    assertThat(bench.text("SELECT ST_Y(place::geometry) FROM tocsin.sensor WHERE sensor_id = 's1'"))
        .isEqualTo("52.53");

    bench.send(Topics.SENSORS.name(), "s1", null);
    bench.send(Topics.PATTERNS.name(), "p1", null);
    bench.awaitAllWritten();

    assertThat(bench.text("SELECT string_agg(sensor_id, ',') FROM tocsin.sensor")).isEqualTo("s2");
    assertThat(bench.count("tocsin.pattern")).isZero();
    assertThat(
            bench.text(
                """
                SELECT string_agg(ST_Y(place::geometry)::text, ',' ORDER BY since)
                FROM tocsin.sensor_place_history WHERE sensor_id = 's1'
                """))
        .isEqualTo("52.52,52.53");
  }

  @Test
  void aTransactionThatFailsHalfWayLeavesNoRowAndNoOffset() {
    bench.migrate();
    bench
        .jdbi()
        .useHandle(
            h -> {
              h.execute(
                  """
                  CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '53100'; END $$
                  """);
              h.execute(
                  """
                  CREATE TRIGGER fail BEFORE INSERT ON tocsin.alert_detection
                  FOR EACH ROW EXECUTE FUNCTION fail()
                  """);
            });
    RunningSink sink = bench.startSink();
    bench.send(Topics.DISTRESS_ALERTS, Samples.alert("a1", 1, AlertState.OPEN, "d1"));

    await().atMost(SinkBench.SOON).until(() -> sink.metrics().retries() >= 2);
    assertThat(bench.count("tocsin.distress_alert")).isZero();
    assertThat(bench.writtenTo()).isEmpty();

    bench.jdbi().useHandle(h -> h.execute("DROP TRIGGER fail ON tocsin.alert_detection"));
    bench.awaitAllWritten();
    assertThat(alertLine()).isEqualTo("1|OPEN|false|d1");
    assertThat(bench.count("tocsin.dead_letter")).isZero();
  }

  @Test
  void aSinkWhosePartitionsAnotherHasClaimedWritesNothingAndStops() {
    RunningSink zombie = bench.startSink();
    bench.send(Topics.DETECTIONS, Samples.detection("d1", Samples.NOON));
    bench.awaitAllWritten();
    List<TopicPartition> partitions = new ArrayList<>();
    for (int p = 0; p < SinkBench.PARTITIONS; p++) {
      partitions.add(new TopicPartition(Topics.DETECTIONS.name(), p));
    }

    new ConsumerOffsets("test-sink").claim(bench.jdbi(), partitions);
    bench.send(Topics.DETECTIONS, Samples.detection("d2", Samples.NOON));

    assertThatThrownBy(
            () -> zombie.end().orTimeout(SinkBench.SOON.toSeconds(), TimeUnit.SECONDS).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(FencedException.class)
        .hasMessageContaining("tocsin.detections.v1");
    assertThat(bench.text("SELECT string_agg(detection_id, ',') FROM tocsin.detection"))
        .isEqualTo("d1");

    bench.startSink();
    bench.awaitAllWritten();
    assertThat(bench.count("tocsin.detection")).isEqualTo(2);
  }

  @Test
  void nothingIsLostWhenPostgresCrashesAndTheSinkStaysInItsGroup() throws Exception {
    RunningSink sink = bench.startSink();
    for (int i = 0; i < 200; i++) {
      bench.send(Topics.DETECTIONS, Samples.detection("d" + i, Samples.NOON.plusSeconds(i)));
    }
    bench.awaitAllWritten();
    List<String> members = bench.members();

    postgres.stopAtOnce();
    for (int i = 200; i < 400; i++) {
      bench.send(Topics.DETECTIONS, Samples.detection("d" + i, Samples.NOON.plusSeconds(i)));
    }
    await().atMost(SinkBench.SOON).until(() -> sink.metrics().retries() >= 3);
    postgres.start();
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(400);
    assertThat(bench.members()).hasSize(1).isEqualTo(members);
  }

  @Test
  void whatTheDatabaseForgetsAfterACrashIsReadOnceMore() {
    bench.startSink();
    sendDetections(0, 300);
    bench.awaitAllWritten();

    // As a crash does that loses the last commits: rows and offsets of an earlier moment.
    bench
        .jdbi()
        .useTransaction(
            h -> {
              h.execute("DELETE FROM tocsin.detection");
              h.execute(
                  "UPDATE tocsin.consumer_offset SET next_offset = NULL"
                      + " WHERE topic = 'tocsin.detections.v1'");
            });

    // Nothing new comes: the sink finds out by itself.
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(300);
  }

  @Test
  void twoSinksShareTheWorkAndEachTakesOverFromTheOther() throws Exception {
    RunningSink first = bench.startSink(50);
    sendDetections(0, 600);
    bench.awaitAllWritten();
    RunningSink second = bench.startSink(50);
    sendDetections(600, 1200);
    await().atMost(SinkBench.SOON).until(() -> bench.members().size() == 2);
    sendDetections(1200, 1800);
    bench.awaitAllWritten();
    first.stop();
    sendDetections(1800, 2400);
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(2400);
    assertThat(second.end()).isNotDone();
    assertThat(first.metrics().records() + second.metrics().records()).isGreaterThanOrEqualTo(2400);
  }

  @Test
  void everyPoisonBecomesADeadLetterAndAllOtherRecordsARow() throws Exception {
    String topic = Topics.DETECTIONS.name();
    byte[] good = bench.encoded(Topics.DETECTIONS, Samples.detection("d0", Samples.NOON));
    Detection nan = Samples.detection("d1", Samples.NOON);
    nan.getPlace().setLatitudeDegrees(Double.NaN);
    Detection nul = Samples.detection("d2", Samples.NOON);
    nul.getModel().setVersion("1\0");
    Map<String, byte[]> poison = new LinkedHashMap<>();
    poison.put("garbage", "not avro".getBytes(UTF_8));
    poison.put("empty", new byte[0]);
    poison.put("unknown-schema", withSchemaId(good, 999_999));
    poison.put("other-type", bench.encoded(Topics.SENSORS, Samples.sensor("s1", 1, 1)));
    poison.put("cut-off", Arrays.copyOf(good, good.length - 9));
    poison.put("left-over", Arrays.copyOf(good, good.length + 1));
    poison.put("null-value", null);
    poison.put("wrong-key", good);
    poison.put("s1:nan", bench.encoded(Topics.DETECTIONS, nan));
    poison.put("s1:old", bench.encoded(Topics.DETECTIONS, Samples.detection("d3", Instant.EPOCH)));
    poison.put("s1:nul", bench.encoded(Topics.DETECTIONS, nul));
    Map<String, String> stages = new HashMap<>();
    poison.keySet().forEach(name -> stages.put(name, Intake.DECODE));
    List.of("null-value", "wrong-key", "s1:nan", "s1:old")
        .forEach(name -> stages.put(name, Intake.CHECK));
    stages.put("s1:nul", BatchWriter.WRITE);

    int n = 0;
    for (var entry : poison.entrySet()) {
      String key = entry.getKey().startsWith("s1:") ? "s1" : entry.getKey();
      RecordHeaders headers = new RecordHeaders();
      headers.add("name", entry.getKey().getBytes(UTF_8));
      headers.add("binary", new byte[] {(byte) 0xff, 0});
      bench.send(
          new ProducerRecord<>(topic, null, null, key.getBytes(UTF_8), entry.getValue(), headers));
      bench.send(Topics.DETECTIONS, Samples.detection("good" + n, Samples.NOON.plusSeconds(n++)));
    }
    bench.send(new ProducerRecord<>(topic, null, good));
    RunningSink sink = bench.startSink();
    bench.awaitAllWritten();
    // The sink reads its own dead letters too; they land on the rows that are there.
    await().atMost(SinkBench.SOON).until(() -> bench.read(topic + ".dlq").size() == 12);
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(poison.size());
    assertThat(sink.metrics().deadLetters()).isEqualTo(12);
    assertThat(bench.count("tocsin.dead_letter")).isEqualTo(12);
    Map<String, String> storedStages = new HashMap<>();
    bench
        .jdbi()
        .useHandle(
            h ->
                h.createQuery(
                        """
                        SELECT headers -> 0 ->> 'text', stage, part, value,
                          headers -> 1 ->> 'base64', reason
                        FROM tocsin.dead_letter WHERE key IS NOT NULL
                        """)
                    .map(
                        (r, c) -> {
                          storedStages.put(r.getString(1), r.getString(2));
                          assertThat(r.getString(3)).isEqualTo(SinkLoop.PART);
                          assertThat(r.getBytes(4)).isEqualTo(poison.get(r.getString(1)));
                          assertThat(r.getString(5)).isEqualTo("/wA=");
                          assertThat(r.getString(6)).isNotBlank();
                          return r.getString(1);
                        })
                    .list());
    assertThat(storedStages).isEqualTo(stages);
    for (ConsumerRecord<byte[], byte[]> letter : bench.read(topic + ".dlq")) {
      if (letter.key() != null) {
        String name = header(letter, "name");
        assertThat(letter.value()).isEqualTo(poison.get(name));
        assertThat(header(letter, DeadLetters.STAGE)).isEqualTo(stages.get(name));
        assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo(topic);
        assertThat(header(letter, DeadLetters.CONNECTOR)).isEqualTo(SinkLoop.PART);
        assertThat(header(letter, DeadLetters.EXCEPTION_MESSAGE)).isNotBlank();
      }
    }
  }

  @Test
  void deadLettersOfOtherPartsAreStoredWithoutAudioAndNeverAnsweredWithAnother() throws Exception {
    RecordHeaders headers =
        new RecordHeaders(
            DeadLetters.headers(
                    Topics.AUDIO_FRAMES.name(), 2, 41, null, "scoring", "CHECK", "X", "too long")
                .toArray());
    bench.send(
        new ProducerRecord<>(
            Topics.AUDIO_FRAMES.dlq(), null, null, "s1".getBytes(UTF_8), new byte[640], headers));
    bench.send(Topics.HEARTBEATS.dlq(), "s1", "no headers".getBytes(UTF_8));
    bench.startSink();
    bench.awaitAllWritten();

    assertThat(deadLetter(Topics.AUDIO_FRAMES.name()))
        .isEqualTo("2|41|scoring|CHECK|too long|640|true");
    assertThat(deadLetter(Topics.HEARTBEATS.dlq())).isEqualTo("0|0||||10|false");
    assertThat(bench.count("tocsin.dead_letter")).isEqualTo(2);
    for (Topic<?> topic : Topics.all()) {
      boolean sent = topic == Topics.AUDIO_FRAMES || topic == Topics.HEARTBEATS;
      assertThat(bench.read(topic.dlq())).hasSize(sent ? 1 : 0);
    }
  }

  @Test
  void detectionsAreTheSameRowsWhetherCopiedOrUpserted() {
    for (int i = 0; i < 50; i++) {
      Detection detection = Samples.detection("d" + i, Samples.NOON.plusNanos(1_000L * i));
      detection.getPlace().setAltitudeMetres(i % 2 == 0 ? null : 0.1 * i);
      detection.getPlace().setLongitudeDegrees(-180 + 7.3 * i);
      detection.setEvidence(i % 3 == 0 ? null : detection.getEvidence());
      if (i % 4 == 0) {
        detection.setSecondOpinion(
            new SecondOpinion(new ModelRef("second", "2", "f00"), 0.25f, 0.125 * (i % 8)));
      }
      detection.setLabel("label-" + i);
      bench.send(Topics.DETECTIONS, detection);
    }
    RunningSink copying = bench.startSink();
    bench.awaitAllWritten();
    copying.stop();
    String copied = fingerprint();
    assertThat(bench.number("SELECT count(second_probability) FROM tocsin.detection"))
        .isEqualTo(13);

    // A row that is there makes the batches upserts.
    bench
        .jdbi()
        .useHandle(
            h -> {
              h.execute("DELETE FROM tocsin.detection WHERE detection_id <> 'd0'");
              h.execute("UPDATE tocsin.consumer_offset SET next_offset = NULL");
            });
    bench.startSink();
    bench.awaitAllWritten();

    assertThat(fingerprint()).isEqualTo(copied);
  }

  @Test
  void workersOfOneSinkShareThePartitionsAndTellKafkaHowFarTheyAre() {
    bench.startWorkers(3);
    sendDetections(0, 2000);
    bench.awaitAllWritten();

    assertThat(bench.count("tocsin.detection")).isEqualTo(2000);
    await()
        .atMost(SinkBench.SOON)
        .untilAsserted(() -> assertThat(bench.groupOffsets()).isEqualTo(bench.writtenTo()));
    await().atMost(SinkBench.SOON).until(() -> bench.members().size() == 3);
  }

  @Test
  void aBackfillBringsBackWhatIsMissingAndChangesNothingElse() throws Exception {
    sendDetections(0, 500);
    for (int revision : new int[] {2, 1, 3}) {
      bench.send(
          Topics.DISTRESS_ALERTS,
          Samples.alert("a1", revision, AlertState.UPDATED, "d" + revision));
    }
    bench.send(Topics.SENSORS, Samples.sensor("s1", 52.52, 13.41));
    bench.send(Topics.SENSORS, Samples.sensor("s1", 52.53, 13.42));
    bench.send(Topics.DETECTIONS.name(), "s1", "poison".getBytes(UTF_8));
    RunningSink first = bench.startSink();
    bench.awaitAllWritten();
    await().atMost(SinkBench.SOON).until(() -> bench.read(Topics.DETECTIONS.dlq()).size() == 1);
    bench.awaitAllWritten();
    first.stop();
    String before = fingerprint();
    bench
        .jdbi()
        .useHandle(
            h -> {
              h.execute("DELETE FROM tocsin.detection WHERE sensor_id IN ('s3', 's4')");
              h.execute("DELETE FROM tocsin.alert_detection");
              h.execute("DELETE FROM tocsin.distress_alert");
            });
    assertThat(fingerprint()).isNotEqualTo(before);

    RunningSink backfill = bench.startBackfill();
    backfill.awaitBackfill();
    backfill.stop();

    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  void aSinkThatWasStoppedInTheMiddleOfATransactionDoesNotHoldUpItsSuccessor() throws Exception {
    RunningSink first = bench.startSink();
    bench.send(Topics.DETECTIONS, Samples.detection("d1", Samples.NOON));
    bench.awaitAllWritten();
    first.stop();
    try (Database stopped = bench.open();
        var frozen = stopped.jdbi().open()) {
      frozen.begin();
      frozen.execute("UPDATE tocsin.consumer_offset SET next_offset = 77");

      bench.startSink();
      bench.send(Topics.DETECTIONS, Samples.detection("d2", Samples.NOON));
      bench.awaitAllWritten();

      assertThatThrownBy(frozen::commit).isInstanceOf(RuntimeException.class);
    }
    assertThat(bench.count("tocsin.detection")).isEqualTo(2);
  }

  @Test
  void metricsTellLagBatchesCommitsAndDeadLetters() throws Exception {
    bench.send(Topics.DETECTIONS.name(), "s1", "poison".getBytes(UTF_8));
    sendDetections(0, 300);
    RunningSink sink = bench.startSink();
    try (SinkMeters meters = SinkMeters.serve(sink.sink(), 0)) {
      bench.awaitAllWritten();
      URI metrics = URI.create("http://127.0.0.1:" + meters.port() + "/metrics");
      HttpClient client = HttpClient.newHttpClient();
      await()
          .atMost(SinkBench.SOON)
          .untilAsserted(
              () ->
                  assertThat(
                          client
                              .send(
                                  HttpRequest.newBuilder(metrics).build(),
                                  HttpResponse.BodyHandlers.ofString())
                              .body())
                      .contains("tocsin_sink_dead_letters_total 1.0")
                      .contains("tocsin_sink_lag_records 0.0")
                      .contains("tocsin_sink_default_partition_rows")
                      .containsPattern("tocsin_sink_batch_records_count [1-9]")
                      .containsPattern("tocsin_sink_commit_seconds_sum 0\\.[0-9]*[1-9]"));
    }
  }

  @Test
  void aSinkWhoseDatabaseIsGoneTurnsUnwellSaysWhyAndRecovers() throws Exception {
    sendDetections(0, 10);
    RunningSink sink = bench.startSink();
    try (SinkMeters meters = SinkMeters.serve(sink.sink(), 0)) {
      bench.awaitAllWritten();
      await().atMost(SinkBench.SOON).until(() -> get(meters, "/health").statusCode() == 200);

      postgres.stopAtOnce();
      try {
        sendDetections(10, 20);
        await().atMost(SinkBench.SOON).until(() -> get(meters, "/health").statusCode() == 503);
        assertThat(get(meters, "/health").body())
            .contains("\"status\": \"stuck\"", "nothing was done for ");
        // A restart would not bring the database back.
        assertThat(get(meters, "/health/live").statusCode()).isEqualTo(200);
      } finally {
        postgres.start();
      }

      bench.awaitAllWritten();
      await().atMost(SinkBench.SOON).until(() -> get(meters, "/health").statusCode() == 200);
      assertThat(bench.count("tocsin.detection")).isEqualTo(20);
    }
  }

  private static HttpResponse<String> get(SinkMeters meters, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + meters.port() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private void sendDetections(int from, int to) {
    for (int i = from; i < to; i++) {
      Detection detection = Samples.detection("d" + i, Samples.NOON.plusSeconds(i));
      detection.setSensorId("s" + i % 10);
      bench.send(Topics.DETECTIONS, detection);
    }
  }

  private Map<String, Integer> revisions() {
    Map<String, Integer> revisions = new HashMap<>();
    bench
        .jdbi()
        .useHandle(
            h ->
                h.createQuery("SELECT event_id, revision FROM tocsin.sound_event")
                    .map((r, c) -> revisions.put(r.getString(1), r.getInt(2)))
                    .list());
    return revisions;
  }

  private String alertLine() {
    return bench.text(
        """
        SELECT concat_ws('|', a.revision, a.state, (a.closed_at IS NOT NULL)::text,
          (SELECT string_agg(detection_id, ',' ORDER BY detection_id) FROM tocsin.alert_detection))
        FROM tocsin.distress_alert AS a
        """);
  }

  private String deadLetter(String topic) {
    return bench.text(
        """
        SELECT concat_ws('|', partition, "offset", part, stage, reason, value_bytes,
          (value IS NULL)::text)
        FROM tocsin.dead_letter WHERE topic = '%s'
        """
            .formatted(topic));
  }

  /** Changes when any row of any table does. */
  private String fingerprint() {
    StringBuilder all = new StringBuilder();
    for (String table : TABLES) {
      all.append(
          bench.text(
              "SELECT '%1$s ' || count(*) || md5(coalesce(string_agg(t::text, '' ORDER BY t::text),"
                      .formatted(table)
                  + " '')) FROM tocsin."
                  + table
                  + " AS t"));
    }
    return all.toString();
  }

  private static byte[] withSchemaId(byte[] value, int id) {
    byte[] changed = value.clone();
    java.nio.ByteBuffer.wrap(changed, 1, Integer.BYTES).putInt(id);
    return changed;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }
}
