package io.tocsin.jobs.distress;

import io.tocsin.association.Settings;
import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.KafkaSettings;
import io.tocsin.jobs.settings.SettingsException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of DistressJob.
 *
 * @param allowedLateness how much later than the newest a detection may come and still count;
 *     delays closing, never opening; default PT30S
 * @param idleness without a detection for so long a partition holds back no one's time; default
 *     PT10S
 * @param temperatureCelsius of the air, for the speed of sound; default 15
 * @param temperatureErrorCelsius how far the air may be from that, as a standard deviation; default
 *     8. Small where a weather service keeps the temperature right
 * @param windMetresPerSecond usual speed of the wind, which carries sounds along; default 3
 * @param reachMetres farthest that a sensor hears anything; default 800
 */
public record DistressJobSettings(
    KafkaSettings kafka,
    @Nullable JobEnvironment environment,
    Duration allowedLateness,
    Duration idleness,
    @Nullable Double temperatureCelsius,
    @Nullable Double temperatureErrorCelsius,
    @Nullable Double windMetresPerSecond,
    @Nullable Double reachMetres) {

  /** How much later than the newest a detection may come, by default. */
  public static final Duration ALLOWED_LATENESS = Duration.ofSeconds(30);

  @SuppressWarnings("ConstantValue")
  public DistressJobSettings {
    if (kafka == null) {
      throw new SettingsException("kafka is missing; give kafka.bootstrapServers and the rest");
    }
    JobEnvironment.requireFor(kafka, environment);
    allowedLateness = allowedLateness == null ? ALLOWED_LATENESS : allowedLateness;
    idleness = idleness == null ? Duration.ofSeconds(10) : idleness;
  }

  /** What these settings make of association. */
  public Settings association() {
    Settings defaults = Settings.DEFAULT;
    return new Settings(
        temperatureCelsius == null ? defaults.temperatureCelsius() : temperatureCelsius,
        uncertainty(
            "temperatureErrorCelsius", temperatureErrorCelsius, defaults.temperatureErrorCelsius()),
        uncertainty("windMetresPerSecond", windMetresPerSecond, defaults.windMetresPerSecond()),
        defaults.pickFloorMicros(),
        defaults.falsePicksPerHour(),
        reachMetres == null ? defaults.reachMetres() : reachMetres,
        defaults.sameSoundMicros());
  }

  private static double uncertainty(String name, @Nullable Double value, double usual) {
    if (value == null) {
      return usual;
    }
    if (!(value >= 0 && value <= 50)) {
      throw new SettingsException(
          name + " is " + value + "; give 0 to 50, or leave it out for " + usual);
    }
    return value;
  }

  /** How far from an alert's place the sensor may be that picked its anchor. */
  double anchorWithinMetres() {
    return association().reachMetres() + PatternMapping.WIDEST_METRES;
  }

  /** Farthest distance of two sensors whose picks may belong together, with room for a pattern. */
  double replicationMetres() {
    return 2 * association().reachMetres() + PatternMapping.WIDEST_METRES;
  }
}
