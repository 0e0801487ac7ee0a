package io.tocsin.jobs.kafka;

import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyTable;
import io.tocsin.schema.identity.SignatureCheck;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * One table of sensors' keys for all sources of a process that read the same Kafka, closed when the
 * last job that reads them has left the process.
 */
public final class SharedSensorKeys {

  private static final String HOOK = "tocsin-sensor-keys-";
  private static final Map<KafkaSettings, SharedSensorKeys> SHARED = new HashMap<>();

  /**
   * A table that was opened.
   *
   * @param close ends it
   */
  record Opened(SignatureCheck.KeySource keys, Runnable close) {}

  private final Opened table;
  private final Set<ClassLoader> jobs = Collections.newSetFromMap(new IdentityHashMap<>());

  private SharedSensorKeys(Opened table) {
    this.table = table;
  }

  /**
   * What a source of sensors' records asks of each.
   *
   * @param job tells when the job leaves this process
   * @throws org.apache.kafka.common.KafkaException if the keys cannot be read
   */
  static SignatureCheck check(KafkaSettings settings, UserCodeClassLoader job) {
    return check(
        settings,
        job,
        kafka -> {
          SensorKeyTable table = open(kafka);
          return new Opened(table, table::close);
        });
  }

  /** The same with another way to open a table. */
  static SignatureCheck check(
      KafkaSettings settings, UserCodeClassLoader job, Function<KafkaSettings, Opened> opener) {
    if (settings.sensorKeys() == SensorKeyMode.OFF) {
      return SignatureCheck.none();
    }
    synchronized (SHARED) {
      SharedSensorKeys shared = SHARED.get(settings);
      if (shared == null) {
        shared = new SharedSensorKeys(opener.apply(settings));
        SHARED.put(settings, shared);
      }
      ClassLoader leaves = job.asClassLoader();
      if (shared.jobs.add(leaves)) {
        job.registerReleaseHookIfAbsent(
            HOOK + settings.hashCode(), () -> release(settings, leaves));
      }
      return new SignatureCheck(settings.sensorKeys(), shared.table.keys());
    }
  }

  private static void release(KafkaSettings settings, ClassLoader job) {
    synchronized (SHARED) {
      SharedSensorKeys shared = SHARED.get(settings);
      if (shared != null) {
        shared.jobs.remove(job);
        if (shared.jobs.isEmpty()) {
          SHARED.remove(settings);
          shared.table.close().run();
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
    Map<String, String> client = new HashMap<>();
    Properties properties = settings.clientProperties();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return SensorKeyTable.open(settings.bootstrapServers(), client, settings.registry());
  }
}
