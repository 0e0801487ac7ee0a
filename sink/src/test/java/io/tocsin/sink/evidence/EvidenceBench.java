package io.tocsin.sink.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.Topic;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Severity;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.sink.Database;
import io.tocsin.sink.PrivatePostgres;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import io.tocsin.sink.evidence.EvidenceSettings.KafkaSettings;
import io.tocsin.sink.evidence.EvidenceSettings.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jdbi.v3.core.Jdbi;

/** A broker with Tocsin's topics, a registry, an empty database, and evidence that runs. */
final class EvidenceBench {

  static final int RATE = 16_000;
  static final Duration SOON = Duration.ofSeconds(60);

  private final KafkaClusterTestKit cluster;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final SchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final String jdbcUrl;
  private final ObjectStore store;
  private final List<Running> running = new ArrayList<>();
  private volatile Duration ahead = Duration.ZERO;

  private EvidenceBench(KafkaClusterTestKit cluster, String jdbcUrl, ObjectStore store) {
    this.cluster = cluster;
    this.jdbcUrl = jdbcUrl;
    this.store = store;
    this.admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static EvidenceBench create(PrivatePostgres postgres, ObjectStore store) throws Exception {
    KafkaClusterTestKit cluster =
        new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder()
                    .setCombined(true)
                    .setNumBrokerNodes(1)
                    .setNumControllerNodes(1)
                    .build())
            .setConfigProp("offsets.topic.replication.factor", "1")
            .setConfigProp("offsets.topic.num.partitions", "1")
            .setConfigProp("group.initial.rebalance.delay.ms", "0")
            .setConfigProp("auto.create.topics.enable", "false")
            .build();
    cluster.format();
    cluster.startup();
    cluster.waitForReadyBrokers();
    EvidenceBench bench = new EvidenceBench(cluster, postgres.newDatabase(), store);
    TopicCreation.create(bench.admin, 3, (short) 1);
    Registry.registerAll(bench.registry);
    Database.open(bench.database(), Map.of()).close();
    return bench;
  }

  private final class Running {
    private final Database database = Database.open(database(), Map.of());
    private final EvidenceLoop loop;

    Running(String groupId, Duration audioWithin) {
      loop =
          new EvidenceLoop(
              new EvidenceSettings(
                  new KafkaSettings(
                      cluster.bootstrapServers(), "mock://", groupId, null, null, Map.of()),
                  database(),
                  new StoreSettings(Path.of("given"), null),
                  null,
                  null,
                  null,
                  audioWithin,
                  null,
                  null,
                  null,
                  null),
              registry,
              database.jdbi(),
              store,
              new Progress("clips", SOON, System::nanoTime),
              () -> Instant.now().plus(ahead));
      var unused =
          CompletableFuture.runAsync(loop::run, task -> new Thread(task, "evidence").start());
    }

    void stop() {
      loop.stop(SOON);
      database.close();
    }
  }

  /** Lets evidence run as a member of that group. */
  void start(String groupId, Duration audioWithin) {
    running.add(new Running(groupId, audioWithin));
  }

  void start() {
    start("evidence", Duration.ofMinutes(2));
  }

  void stopAll() {
    running.forEach(Running::stop);
    running.clear();
  }

  /** Lets time pass for evidence. */
  void setAhead(Duration ahead) {
    this.ahead = ahead;
  }

  EvidenceArchive archive() {
    return new EvidenceArchive(jdbi(), store, Instant::now);
  }

  Jdbi jdbi() {
    return Jdbi.create(jdbcUrl, "tocsin", "");
  }

  Jdbi jdbiAs(String role) {
    return Jdbi.create(jdbcUrl, role, "");
  }

  List<String> lines(String sql) {
    return jdbi().withHandle(h -> h.createQuery(sql).mapTo(String.class).list());
  }

  /** A sensor's sound: what a sample is follows from the sensor and the time. */
  static short[] sound(String sensorId, Instant from, Duration length) {
    long first = ChronoUnit.MICROS.between(Instant.EPOCH, from) * RATE / 1_000_000;
    short[] sound = new short[Math.toIntExact(length.toMillis() * RATE / 1000)];
    for (int i = 0; i < sound.length; i++) {
      double angle = (first + i) % RATE * (200 + sensorId.hashCode() % 100) * 2 * Math.PI / RATE;
      sound[i] = (short) (10_000 * Math.sin(angle));
    }
    return sound;
  }

  /** Sends half-second frames of a sensor's sound, PCM and FLAC by turns. */
  void sendAudio(String sensorId, Instant from, int seconds) {
    sendAudio(sensorId, from, seconds, null);
  }

  void sendAudio(String sensorId, Instant from, int seconds, Integer partition) {
    for (int i = 0; i < 2 * seconds; i++) {
      Instant at = from.plusMillis(500L * i);
      short[] samples = sound(sensorId, at, Duration.ofMillis(500));
      boolean flac = i % 2 == 1;
      AudioFrame frame =
          AudioFrame.newBuilder()
              .setSensorId(sensorId)
              .setBootId("boot-" + from)
              .setSequence(i)
              .setCapturedAt(at)
              .setClock(gps())
              .setSampleRateHertz(RATE)
              .setEncoding(flac ? AudioEncoding.FLAC : AudioEncoding.PCM_S16LE)
              .setSamples(
                  flac
                      ? java.nio.ByteBuffer.wrap(FlacFrames.encode(samples, RATE))
                      : Pcm16.encode(samples))
              .build();
      producer.send(
          new ProducerRecord<>(
              Topics.AUDIO_FRAMES.name(),
              partition,
              sensorId.getBytes(UTF_8),
              encoded(Topics.AUDIO_FRAMES, frame)));
    }
    producer.flush();
  }

  /** Writes a detection's row as the sink does, of one second. */
  void heard(String detectionId, String sensorId, Instant onsetAt) {
    jdbi()
        .useHandle(
            h ->
                h.createUpdate(
                        """
                        INSERT INTO tocsin.detection (
                          detection_id, sensor_id, place, label, probability, score, onset_at,
                          onset_sigma_us, ended_at, level_dbfs, clock_source, clock_uncertainty_us,
                          model_id, model_version, model_digest, published_at)
                        VALUES (:id, :sensor, tocsin.point(13.4, 52.5), 'shout_scream', 0.9, 0.9,
                          :onset, 1000, :end, -20, 'GPS', 100, 'm', '1', 'd', now())
                        """)
                    .bind("id", detectionId)
                    .bind("sensor", sensorId)
                    .bind("onset", onsetAt)
                    .bind("end", onsetAt.plusSeconds(1))
                    .execute());
  }

  void sendAlert(
      String alertId, int revision, AlertState state, Instant startedAt, String... detectionIds) {
    Place place = Place.newBuilder().setLatitudeDegrees(52.5).setLongitudeDegrees(13.4).build();
    DistressAlert alert =
        DistressAlert.newBuilder()
            .setAlertId(alertId)
            .setRevision(revision)
            .setState(state)
            .setPatternId("p")
            .setSeverity(Severity.HIGH)
            .setProbability(0.8)
            .setLocation(
                Location.newBuilder()
                    .setPlace(place)
                    .setEllipse(
                        ErrorEllipse.newBuilder()
                            .setSemiMajorMetres(40)
                            .setSemiMinorMetres(15)
                            .setAzimuthDegrees(30)
                            .build())
                    .setMethod(LocationMethod.MULTILATERATION)
                    .build())
            .setStartedAt(startedAt)
            .setEndedAt(startedAt.plusSeconds(4))
            .setEvents(
                List.of(
                    AlertEvent.newBuilder()
                        .setEventId("e1")
                        .setLabel("shout_scream")
                        .setOriginAt(startedAt)
                        .setPlace(place)
                        .setDetectionIds(List.of(detectionIds))
                        .build()))
            .setExplanation("Somebody cried.")
            .build();
    sendAlert(alertId, encoded(Topics.DISTRESS_ALERTS, alert));
  }

  void sendAlert(String key, byte[] value) {
    producer.send(
        new ProducerRecord<>(
            Topics.DISTRESS_ALERTS.name(), null, null, key.getBytes(UTF_8), value));
    producer.flush();
  }

  /** The number of alert records that the group is done with. */
  long committed(String groupId) throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata().get();
    return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
  }

  /** Keys of the dead letters of alerts. */
  List<String> deadLetters() {
    List<String> keys = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(Topics.DISTRESS_ALERTS.dlq()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(r -> keys.add(r.key() == null ? "" : new String(r.key(), UTF_8)));
      }
    }
    return keys;
  }

  void close() throws Exception {
    stopAll();
    producer.close();
    admin.close();
    cluster.close();
    store.close();
  }

  private DatabaseSettings database() {
    return new DatabaseSettings(jdbcUrl, "tocsin", null);
  }

  private <T extends SpecificRecord> byte[] encoded(Topic<T> topic, T value) {
    return new ConfluentAvroSerializer<T>(registry, false).serialize(topic.name(), value);
  }

  private static Clock gps() {
    return Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(100).build();
  }
}
