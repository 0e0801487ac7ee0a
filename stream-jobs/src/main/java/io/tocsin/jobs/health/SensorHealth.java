package io.tocsin.jobs.health;

import io.tocsin.jobs.kafka.SharedSensorKeys;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.progress.ProgressPage;
import io.tocsin.schema.wire.Registry;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
  public static void main(String[] arguments) throws InterruptedException, IOException {
    SensorHealthSettings settings;
    try {
      settings = SettingsFile.read(SensorHealthSettings.class, arguments);
    } catch (SettingsException e) {
      LOG.error("SensorHealth: {}", e.getMessage());
      System.exit(2);
      return;
    }
    KafkaStreams streams = new KafkaStreams(topology(settings), properties(settings));
    Progress progress = new Progress("status", settings.stalledAfter(), System::nanoTime);
    StreamsProgress watch =
        new StreamsProgress(progress, streams::state, streams::metrics, System::nanoTime);
    // A thread that dies of a registry or broker outage is replaced; its input is read again.
    streams.setUncaughtExceptionHandler(
        e -> {
          LOG.warn("event=thread-replaced reason=\"{}\"", e.toString());
          watch.replaced(e);
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
    Integer port = settings.healthPort();
    if (port != null) {
      serve(port, progress, watch);
    }
    streams.start();
    stopped.await();
  }

  /** Until the process ends. */
  private static void serve(int port, Progress progress, StreamsProgress watch) throws IOException {
    ProgressPage page = ProgressPage.serve(port, List.of(progress));
    var unused =
        Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "progress");
                  thread.setDaemon(true);
                  return thread;
                })
            .scheduleWithFixedDelay(
                watch::look, 0, StreamsProgress.LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    LOG.info("event=health port={}", page.port());
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
