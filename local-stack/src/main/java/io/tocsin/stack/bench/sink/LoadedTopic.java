package io.tocsin.stack.bench.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.Topic;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes a topic as Tocsin's jobs do, gzip included, and knows where it then ends. */
public final class LoadedTopic<T extends SpecificRecord> implements AutoCloseable {

  private final Topic<T> topic;
  private final ConfluentAvroSerializer<T> serializer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();
  private final Map<Integer, Long> ends = new TreeMap<>();

  /**
   * @param kafkaAddress settings of any Kafka client
   */
  public LoadedTopic(
      Topic<T> topic, SchemaRegistryClient registry, Map<String, Object> kafkaAddress) {
    this.topic = topic;
    this.serializer = new ConfluentAvroSerializer<>(registry, false);
    Map<String, Object> properties = new HashMap<>(kafkaAddress);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 20);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends a record; does not wait. */
  public void send(T value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic.name(),
            topic.keyOf(value).getBytes(StandardCharsets.UTF_8),
            serializer.serialize(topic.name(), value));
    sent.add(producer.send(record));
  }

  /**
   * Waits until all that was sent is there.
   *
   * @return the offset after the last record of each partition that was written
   * @throws IllegalStateException if Kafka did not take a record
   */
  public Map<Integer, Long> ends() throws InterruptedException {
    producer.flush();
    try {
      for (Future<RecordMetadata> sending : sent) {
        RecordMetadata written = sending.get();
        ends.merge(written.partition(), written.offset() + 1, Math::max);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "topic " + topic.name() + " did not take a record: " + e.getCause(), e);
    }
    sent.clear();
    return Map.copyOf(ends);
  }

  @Override
  public void close() {
    producer.close();
  }
}
