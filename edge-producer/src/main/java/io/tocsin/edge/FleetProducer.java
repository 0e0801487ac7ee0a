package io.tocsin.edge;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.identity.RecordSigner;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.schema.wire.TraceParent;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One Kafka producer for any number of sensors: acks from all replicas, idempotent, in order. Safe
 * for use by several threads.
 *
 * <p>A record's Kafka timestamp is when it is sent, never the capture time: brokers refuse records
 * far from their own clock, and a sensor whose clock is wrong must not block itself.
 */
public final class FleetProducer implements AutoCloseable {

  private static final Set<String> READ_BY_EVERY_CLIENT = Set.of("none", "gzip");

  private final Producer<String, byte[]> producer;
  private final ConfluentAvroSerializer<SpecificRecord> serializer;
  private final RecordSigner signer;
  private final SecureRandom random = new SecureRandom();

  /** Over a given producer; it is closed with this. */
  public FleetProducer(
      Producer<String, byte[]> producer, SchemaRegistryClient registry, boolean autoRegister) {
    this(producer, registry, autoRegister, RecordSigner.none());
  }

  /** The same, with every record signed. */
  public FleetProducer(
      Producer<String, byte[]> producer,
      SchemaRegistryClient registry,
      boolean autoRegister,
      RecordSigner signer) {
    this.producer = producer;
    this.signer = signer;
    this.serializer = new ConfluentAvroSerializer<>(registry, autoRegister);
  }

  /**
   * Connects to Kafka.
   *
   * @param properties further client settings, such as security; those that order and safety rest
   *     on stay ours
   * @throws IllegalArgumentException if {@code properties} ask for a compression that not every
   *     Kafka client reads
   */
  public static FleetProducer connect(
      String bootstrapServers,
      SchemaRegistryClient registry,
      boolean autoRegister,
      Map<String, String> properties) {
    return connect(bootstrapServers, registry, autoRegister, properties, RecordSigner.none());
  }

  /** The same, with every record signed. */
  public static FleetProducer connect(
      String bootstrapServers,
      SchemaRegistryClient registry,
      boolean autoRegister,
      Map<String, String> properties,
      RecordSigner signer) {
    return new FleetProducer(
        new KafkaProducer<>(
            settings(bootstrapServers, properties),
            new StringSerializer(),
            new ByteArraySerializer()),
        registry,
        autoRegister,
        signer);
  }

  /** The producer's settings; see {@link #connect}. */
  static Map<String, Object> settings(String bootstrapServers, Map<String, String> properties) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.CLIENT_ID_CONFIG, "tocsin-sensor");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, "5");
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(4 << 20));
    // FLAC makes sound smaller than any of these; PCM is for those who have the bandwidth.
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.putAll(properties);
    Object compression = settings.get(ProducerConfig.COMPRESSION_TYPE_CONFIG);
    if (!READ_BY_EVERY_CLIENT.contains(String.valueOf(compression))) {
      throw new IllegalArgumentException(
          ProducerConfig.COMPRESSION_TYPE_CONFIG
              + " is "
              + compression
              + "; none or gzip, which every Kafka client reads");
    }
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    // A broker without state for a producer takes any first sequence number: on a new partition a
    // second batch in flight could pass a refused first one and shut it out for good.
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
    return settings;
  }

  /** Publishes a sensor's registration. */
  public CompletableFuture<RecordMetadata> register(Sensor sensor) {
    return send(Topics.SENSORS, sensor, sensor.getSensorId());
  }

  /** Publishes a frame. */
  public CompletableFuture<RecordMetadata> send(AudioFrame frame) {
    return send(Topics.AUDIO_FRAMES, frame, frame.getSensorId());
  }

  /** Publishes a window's embedding. */
  public CompletableFuture<RecordMetadata> send(AudioEmbedding embedding) {
    return send(Topics.AUDIO_EMBEDDINGS, embedding, embedding.getSensorId());
  }

  /** Publishes a heartbeat. */
  public CompletableFuture<RecordMetadata> send(Heartbeat heartbeat) {
    return send(Topics.HEARTBEATS, heartbeat, heartbeat.getSensorId());
  }

  private CompletableFuture<RecordMetadata> send(Topic<?> topic, SpecificRecord value, String key) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic.name(), key, serializer.serialize(topic.name(), value));
    newTrace().addTo(record.headers());
    // Not before the spool: what waited there is signed with the key that counts now.
    signer.sign(record);
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    var unused =
        producer.send(
            record,
            (metadata, error) -> {
              if (error == null) {
                sent.complete(metadata);
              } else {
                sent.completeExceptionally(error);
              }
            });
    return sent;
  }

  /** A new trace that is sampled. */
  private TraceParent newTrace() {
    return new TraceParent(random.nextLong(), random.nextLong(), random.nextLong(), 1);
  }

  /** Waits until all that was sent is acknowledged or given up. */
  public void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close();
  }

  /** Closes after at most {@code longest}; what is not acknowledged until then is given up. */
  public void close(Duration longest) {
    producer.close(longest);
  }
}
