package io.tocsin.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.jobs.distress.DistressJob;
import io.tocsin.jobs.scoring.ScoringJob;
import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.DeadLetters;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.server.FlinkRest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Every server and part of Tocsin for one test class, and the ways in and out of it. */
final class WholeSystem implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LocalStack stack;
  private final SchemaRegistryClient registry;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ConfluentAvroSerializer<SpecificRecord> serializer;
  private final String scoringJob;
  private final String distressJob;

  private WholeSystem(LocalStack stack) throws InterruptedException {
    this.stack = stack;
    this.registry = Registry.connect(new RegistrySettings(stack.endpoints().registryUrl(), false));
    this.serializer = new ConfluentAvroSerializer<>(registry, false);
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                stack.endpoints().bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.scoringJob = stack.flink().awaitRunning(ScoringJob.NAME, PATIENCE).id();
    this.distressJob = stack.flink().awaitRunning(DistressJob.NAME, PATIENCE).id();
  }

  /** Starts everything with the bundle of TOCSIN_BUNDLE; skips the tests where it cannot be. */
  static WholeSystem start(Path home, String name) throws InterruptedException {
    Path bundle = Given.bundle();
    LocalStack stack = servers(new StackSettings(home, name, Given.ports(), true, true, 4, 8));
    try {
      stack.startParts(bundle);
      stack.markReady();
      return new WholeSystem(stack);
    } catch (RuntimeException | InterruptedException e) {
      close(stack);
      throw e;
    }
  }

  private static LocalStack servers(StackSettings settings) throws InterruptedException {
    try {
      return LocalStack.start(settings, line -> {});
    } catch (MissingPrerequisiteException e) {
      return abort(e.getMessage());
    }
  }

  LocalStack stack() {
    return stack;
  }

  Endpoints endpoints() {
    return stack.endpoints();
  }

  SchemaRegistryClient registry() {
    return registry;
  }

  /** Bytes of {@code value} in the wire format of {@code topic}. */
  byte[] bytes(Topic<?> topic, SpecificRecord value) {
    return serializer.serialize(topic.name(), value);
  }

  /** Publishes a value under its own key. */
  <T extends SpecificRecord> RecordMetadata publish(Topic<T> topic, T value) throws Exception {
    return publish(
        new ProducerRecord<>(
            topic.name(), topic.keyOf(value).getBytes(UTF_8), bytes(topic, value)));
  }

  RecordMetadata publish(ProducerRecord<byte[], byte[]> record) throws Exception {
    return producer.send(record).get();
  }

  /** A count of ScoringJob, at most about a second old. */
  long scoringCount(String metric) {
    try {
      return Math.round(stack.flink().sumOfMetric(scoringJob, metric));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("Flink does not tell " + metric, e);
    }
  }

  void awaitScoringCount(String metric, long expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(scoringCount(metric)).as(metric).isEqualTo(expected));
  }

  /** Asserts that no process ended and no job began anew. */
  void assertNothingStopped() throws Exception {
    assertThat(stack.unexpectedEnd()).isNotDone();
    for (String job : List.of(scoringJob, distressJob)) {
      assertThat(stack.flink().jobs())
          .filteredOn(known -> known.id().equals(job))
          .allMatch(FlinkRest.Job::isFullyRunning)
          .hasSize(1);
      // Flink has no figure yet in a job's first seconds.
      String restarts =
          await().atMost(PATIENCE).until(() -> restarts(job), text -> !text.isEmpty());
      assertThat(restarts)
          .as("restarts of %s, because of %s", job, stack.flink().failures(job))
          .isEqualTo("0");
    }
  }

  private String restarts(String job) throws IOException, InterruptedException {
    return stack.flink().json("/jobs/" + job + "/metrics?get=numRestarts").at("/0/value").asText();
  }

  /** The dead letter that {@code part} made of the record at {@code source}. */
  ConsumerRecord<byte[], byte[]> deadLetter(RecordMetadata source, String part) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              found.clear();
              found.addAll(deadLetters(source, part));
              assertThat(found).as("dead letters of %s by %s", source, part).hasSize(1);
            });
    return found.get(0);
  }

  /** The dead letters that {@code part} has made so far of the record at {@code source}. */
  List<ConsumerRecord<byte[], byte[]>> deadLetters(RecordMetadata source, String part) {
    return records(source.topic() + Topic.DLQ_SUFFIX).stream()
        .filter(letter -> header(letter, DeadLetters.PARTITION).equals("" + source.partition()))
        .filter(letter -> header(letter, DeadLetters.OFFSET).equals("" + source.offset()))
        .filter(letter -> header(letter, DeadLetters.CONNECTOR).equals(part))
        .toList();
  }

  /** Every value that a topic holds. */
  <T extends SpecificRecord> List<T> values(Topic<T> topic) {
    return new TopicReader(stack.endpoints().bootstrapServers()).values(topic, registry);
  }

  /** Every record that a topic holds. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return new TopicReader(stack.endpoints().bootstrapServers()).records(topic);
  }

  /** Text of a header; empty where there is none. */
  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    close(stack);
  }

  private static void close(LocalStack stack) {
    stack.close();
    ClusterFolder.candidates(stack.stateDir()).forEach(Folders::delete);
  }
}
