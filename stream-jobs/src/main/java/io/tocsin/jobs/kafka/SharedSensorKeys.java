package io.tocsin.jobs.kafka;

import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyTable;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.wire.ConfluentAvroDeserializer;
import io.tocsin.schema.wire.Registry;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One table of sensors' keys for all sources of a process that read the same Kafka, closed when the
 * last job that reads them has left the process.
 */
public final class SharedSensorKeys {

  private static final Duration READ_WITHIN = Duration.ofSeconds(60);
  private static final String HOOK = "tocsin-sensor-keys-";
  private static final Map<KafkaSettings, SharedSensorKeys> SHARED = new HashMap<>();

  private final SensorKeyTable table;
  private final Set<ClassLoader> jobs = Collections.newSetFromMap(new IdentityHashMap<>());

  private SharedSensorKeys(SensorKeyTable table) {
    this.table = table;
  }

  /**
   * What a source of sensors' records asks of each.
   *
   * @param job tells when the job leaves this process
   * @throws org.apache.kafka.common.KafkaException if the keys cannot be read
   */
  static SignatureCheck check(KafkaSettings settings, UserCodeClassLoader job) {
    if (settings.sensorKeys() == SensorKeyMode.OFF) {
      return SignatureCheck.none();
    }
    synchronized (SHARED) {
      SharedSensorKeys shared = SHARED.get(settings);
      if (shared == null) {
        shared = new SharedSensorKeys(open(settings));
        SHARED.put(settings, shared);
      }
      ClassLoader leaves = job.asClassLoader();
      if (shared.jobs.add(leaves)) {
        job.registerReleaseHookIfAbsent(
            HOOK + settings.hashCode(), () -> release(settings, leaves));
      }
      return new SignatureCheck(settings.sensorKeys(), shared.table);
    }
  }

  private static void release(KafkaSettings settings, ClassLoader job) {
    synchronized (SHARED) {
      SharedSensorKeys shared = SHARED.get(settings);
      if (shared != null) {
        shared.jobs.remove(job);
        if (shared.jobs.isEmpty()) {
          SHARED.remove(settings);
          shared.table.close();
        }
      }
    }
  }

  /**
   * A table of its own; the caller closes it.
   *
   * @throws org.apache.kafka.common.KafkaException if the keys cannot be read
   */
  public static SensorKeyTable open(KafkaSettings settings) {
    Map<String, Object> properties = new HashMap<>();
    settings.clientProperties().forEach((key, value) -> properties.put(String.valueOf(key), value));
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "tocsin-sensor-keys");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    try {
      return SensorKeyTable.open(
          () ->
              new KafkaConsumer<>(
                  properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          new ConfluentAvroDeserializer<>(Registry.connect(settings.registry()), SensorKeys.class),
          READ_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }
}
