package io.tocsin.jobs.health;

import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.schema.progress.Progress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of SensorHealth.
 *
 * @param kafka how to reach Kafka and the registry; {@code groupId} is the Streams application id
 * @param silentAfter without a heartbeat for so long a sensor is SILENT; default PT30S
 * @param lateSpool a spool older than this makes a sensor LATE; default PT15S
 * @param faultyClock a clock off by more than this makes a sensor FAULTY; default PT5S
 * @param checkEvery how often silence is looked for, and rates are refreshed; default PT5S
 * @param rateWindow over which detections are counted; default PT1H
 * @param stateDir where Kafka Streams keeps its local state; default under the temporary folder
 * @param healthPort loopback port for health checks; null for none
 * @param stalledAfter while records wait and none is processed for so long, /health says so;
 *     default PT90S
 */
public record SensorHealthSettings(
    KafkaSettings kafka,
    Duration silentAfter,
    Duration lateSpool,
    Duration faultyClock,
    Duration checkEvery,
    Duration rateWindow,
    @Nullable String stateDir,
    @Nullable Integer healthPort,
    Duration stalledAfter) {

  private static final int LARGEST_PORT = 65_535;

  @SuppressWarnings("ConstantValue")
  public SensorHealthSettings {
    if (kafka == null) {
      throw new SettingsException("kafka is missing; give kafka.bootstrapServers and the rest");
    }
    silentAfter = orDefault("silentAfter", silentAfter, Duration.ofSeconds(30));
    lateSpool = orDefault("lateSpool", lateSpool, Duration.ofSeconds(15));
    faultyClock = orDefault("faultyClock", faultyClock, Duration.ofSeconds(5));
    checkEvery = orDefault("checkEvery", checkEvery, Duration.ofSeconds(5));
    rateWindow = orDefault("rateWindow", rateWindow, Duration.ofHours(1));
    stalledAfter = orDefault("stalledAfter", stalledAfter, Progress.STALLED_AFTER);
    if (healthPort != null && (healthPort < 1 || healthPort > LARGEST_PORT)) {
      throw new SettingsException(
          "healthPort is " + healthPort + "; from 1 to " + LARGEST_PORT + " is allowed");
    }
  }

  private static Duration orDefault(String key, @Nullable Duration value, Duration otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value.isNegative() || value.isZero()) {
      throw new SettingsException(key + " is " + value + "; give a positive time such as PT30S");
    }
    return value;
  }
}
