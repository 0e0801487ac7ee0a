package io.tocsin.jobs.health;

import io.tocsin.jobs.kafka.SharedSensorKeys;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.wire.Registry;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the fleet: arguments to settings to Kafka Streams. Runs until it is stopped.
 *
 * <p>{@code SensorHealth --config=FILE [--key=value …]}; exit code 2 for bad settings.
 */
public final class SensorHealth {

  private static final Logger LOG = LoggerFactory.getLogger(SensorHealth.class);

  private SensorHealth() {}

  /** See the class. */
  public static void main(String[] arguments) throws InterruptedException {
    SensorHealthSettings settings;
    try {
      settings = SettingsFile.read(SensorHealthSettings.class, arguments);
    } catch (SettingsException e) {
      LOG.error("SensorHealth: {}", e.getMessage());
      System.exit(2);
      return;
    }
    KafkaStreams streams = new KafkaStreams(topology(settings), properties(settings));
    // A thread that dies of a registry or broker outage is replaced; its input is read again.
    streams.setUncaughtExceptionHandler(
        e -> {
          LOG.warn("event=thread-replaced reason=\"{}\"", e.toString());
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  streams.close(java.time.Duration.ofSeconds(5));
                  stopped.countDown();
                }));
    streams.start();
    stopped.await();
  }

  private static org.apache.kafka.streams.Topology topology(SensorHealthSettings settings) {
    KafkaSettings kafka = settings.kafka();
    return SensorHealthTopology.topology(
        settings,
        () -> Registry.connect(kafka.registry()),
        kafka.autoRegister(),
        signatures(kafka));
  }

  /** The keys are followed until the process ends. */
  private static SignatureCheck signatures(KafkaSettings kafka) {
    return kafka.sensorKeys() == SensorKeyMode.OFF
        ? SignatureCheck.none()
        : new SignatureCheck(kafka.sensorKeys(), SharedSensorKeys.open(kafka));
  }

  private static Properties properties(SensorHealthSettings settings) {
    KafkaSettings kafka = settings.kafka();
    Properties properties = kafka.clientProperties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, kafka.groupOf("sensor-health"));
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        kafka.exactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "1000");
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    properties.put(StreamsConfig.consumerPrefix("isolation.level"), "read_committed");
    if (settings.stateDir() != null) {
      properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir());
    }
    return properties;
  }
}
