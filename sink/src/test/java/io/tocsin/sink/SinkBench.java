package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.Registry;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import io.tocsin.sink.SinkSettings.KafkaSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jdbi.v3.core.Jdbi;

/** A broker with Tocsin's topics, a registry with its schemas, an empty database, and sinks. */
final class SinkBench {

  static final Duration SOON = Duration.ofSeconds(60);
  static final int PARTITIONS = 3;

  /** Soon enough for a test, and longer than a sink needs for anything but an outage. */
  private static final Duration STALLED_AFTER = Duration.ofSeconds(4);

  private final KafkaClusterTestKit cluster;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final SchemaRegistryClient registry = new MockSchemaRegistryClient();
  private final String jdbcUrl;
  private final List<RunningSink> sinks = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  private SinkBench(KafkaClusterTestKit cluster, String jdbcUrl) {
    this.cluster = cluster;
    this.jdbcUrl = jdbcUrl;
    Map<String, Object> address = Map.of("bootstrap.servers", cluster.bootstrapServers());
    this.admin = Admin.create(address);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                cluster.bootstrapServers(),
                // With more, a batch that passes a refused first one shuts it out for good.
                "max.in.flight.requests.per.connection",
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static SinkBench create(PrivatePostgres postgres) throws Exception {
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
    SinkBench bench = new SinkBench(cluster, postgres.newDatabase());
    TopicCreation.create(bench.admin, PARTITIONS, (short) 1);
    Registry.registerAll(bench.registry);
    return bench;
  }

  /** A sink in a thread of its own. */
  final class RunningSink {

    private final Database database;
    private final Sink sink;
    private final Optional<Backfill> backfill;
    private final CompletableFuture<Void> end;

    private RunningSink(int batchSize, int workers, boolean whole) {
      SinkSettings settings =
          new SinkSettings(
              new KafkaSettings(
                  cluster.bootstrapServers(),
                  "mock://test",
                  "test-sink",
                  null,
                  null,
                  null,
                  Map.of()),
              new DatabaseSettings(jdbcUrl, "tocsin", null),
              batchSize,
              workers,
              null,
              null,
              STALLED_AFTER);
      database = Database.open(settings.database(), Map.of(), workers);
      sink = new Sink(settings, registry, database.jdbi());
      backfill = whole ? Optional.of(begin(settings)) : Optional.empty();
      end = CompletableFuture.runAsync(sink::run, task -> new Thread(task, "sink").start());
    }

    SinkMetrics metrics() {
      return sink.metrics();
    }

    /** Completes when the loop has ended, exceptionally if an error ended it. */
    CompletableFuture<Void> end() {
      return end;
    }

    Sink sink() {
      return sink;
    }

    void awaitBackfill() throws InterruptedException {
      backfill.orElseThrow().await(sink, end::isDone);
    }

    private Backfill begin(SinkSettings settings) {
      try {
        return Backfill.begin(settings, database.jdbi());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void stop() {
      sink.stop(SOON);
      database.close();
    }
  }

  RunningSink startSink() {
    return startSink(1000);
  }

  RunningSink startSink(int batchSize) {
    return started(new RunningSink(batchSize, 1, false));
  }

  RunningSink startWorkers(int workers) {
    return started(new RunningSink(50, workers, false));
  }

  RunningSink startBackfill() {
    return started(new RunningSink(100, 2, true));
  }

  private RunningSink started(RunningSink sink) {
    sinks.add(sink);
    return sink;
  }

  /** The database with sessions such as a sink's. */
  Database open() {
    return Database.open(new DatabaseSettings(jdbcUrl, "tocsin", null), Map.of());
  }

  /** Applies the migrations without a sink. */
  void migrate() {
    open().close();
  }

  Jdbi jdbi() {
    return Jdbi.create(jdbcUrl, "tocsin", "");
  }

  long count(String table) {
    return number("SELECT count(*) FROM " + table);
  }

  long number(String sql) {
    return jdbi().withHandle(h -> h.createQuery(sql).mapTo(Long.class).one());
  }

  String text(String sql) {
    return jdbi().withHandle(h -> h.createQuery(sql).mapTo(String.class).one());
  }

  <T extends SpecificRecord> byte[] encoded(Topic<T> topic, T value) {
    return new ConfluentAvroSerializer<T>(registry, false).serialize(topic.name(), value);
  }

  <T extends SpecificRecord> void send(Topic<T> topic, T value) {
    send(topic.name(), topic.keyOf(value), encoded(topic, value));
  }

  void send(String topic, String key, byte[] value) {
    send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    sent.add(producer.send(record));
  }

  /** Waits until the offsets in the database are the ends of all topics that the sink reads. */
  void awaitAllWritten() {
    producer.flush();
    assertThat(sent).allSatisfy(sending -> assertThat(sending).succeedsWithin(SOON));
    sent.clear();
    RunningSink latest = sinks.get(sinks.size() - 1);
    await()
        .atMost(SOON)
        .failFast(
            "the sink has ended",
            () ->
                assertThat(latest.end()).as("the sink started last").isNotCompletedExceptionally())
        .until(() -> writtenTo().equals(ends()));
  }

  /** The ends of partitions that hold records. */
  Map<String, Long> ends() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (var topic : admin.describeTopics(SinkLoop.subscription()).allTopicNames().get().values()) {
      topic
          .partitions()
          .forEach(
              p ->
                  latest.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
    }
    Map<String, Long> ends = new TreeMap<>();
    admin
        .listOffsets(latest)
        .all()
        .get()
        .forEach(
            (partition, end) -> {
              if (end.offset() > 0) {
                ends.put(partition.toString(), end.offset());
              }
            });
    return ends;
  }

  /** Where the database says that the sink stands. */
  Map<String, Long> writtenTo() {
    Map<String, Long> written = new TreeMap<>();
    jdbi()
        .useHandle(
            h ->
                h.createQuery(
                        """
                        SELECT topic || '-' || partition AS p, next_offset
                        FROM tocsin.consumer_offset WHERE next_offset IS NOT NULL
                        """)
                    .map((r, c) -> written.put(r.getString(1), r.getLong(2)))
                    .list());
    return written;
  }

  /** Where Kafka says that the sinks' group stands. */
  Map<String, Long> groupOffsets() throws ExecutionException, InterruptedException {
    Map<String, Long> offsets = new TreeMap<>();
    admin
        .listConsumerGroupOffsets("test-sink")
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> offsets.put(partition.toString(), offset.offset()));
    return offsets;
  }

  /** Everything on a topic, in the order of partitions. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
    int partitions =
        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", cluster.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      for (int p = 0; p < partitions; p++) {
        TopicPartition partition = new TopicPartition(topic, p);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
      }
    }
    return records;
  }

  /** Ids of the members of the sinks' consumer group. */
  List<String> members() throws ExecutionException, InterruptedException {
    return admin
        .describeConsumerGroups(List.of("test-sink"))
        .all()
        .get()
        .get("test-sink")
        .members()
        .stream()
        .map(member -> member.consumerId())
        .sorted()
        .toList();
  }

  void close() throws Exception {
    sinks.forEach(RunningSink::stop);
    producer.close();
    admin.close();
    cluster.close();
  }
}
