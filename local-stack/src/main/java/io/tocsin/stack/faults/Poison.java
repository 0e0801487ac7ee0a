package io.tocsin.stack.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tocsin.schema.Topics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records that nobody can read: nothing at all, noise, noise behind a schema's id. */
final class Poison {

  /** Topics that are flooded. */
  static final List<String> TOPICS = List.of(Topics.AUDIO_FRAMES.name(), Topics.DETECTIONS.name());

  /** What the records' keys begin with. */
  static final String KEY = "poison-";

  private static final int NO_SUCH_SCHEMA = 999_999;
  private static final int KINDS = 4;
  private static final int HEAD_BYTES = 5;

  private Poison() {}

  /**
   * Publishes so many records on each topic, as fast as Kafka takes them.
   *
   * @param repetition of the flood; the same gives the same records
   */
  static void flood(Map<String, Object> kafka, int records, int repetition) {
    Random random = new Random(repetition);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        byte[] key = (KEY + repetition + "-" + i).getBytes(UTF_8);
        for (String topic : TOPICS) {
          var unused = producer.send(new ProducerRecord<>(topic, key, value(i % KINDS, random)));
        }
      }
    }
  }

  private static byte[] value(int kind, Random random) {
    byte[] noise = new byte[HEAD_BYTES + random.nextInt(200)];
    random.nextBytes(noise);
    return switch (kind) {
      case 0 -> new byte[0];
      case 1 -> noise;
      // Confluent's wire format: a zero, four bytes of the schema's id.
      case 2 -> ByteBuffer.wrap(noise).put((byte) 0).putInt(NO_SUCH_SCHEMA).array();
      default -> ByteBuffer.wrap(noise).put((byte) 0).putInt(1).array();
    };
  }
}
