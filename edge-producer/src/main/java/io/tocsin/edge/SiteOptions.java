package io.tocsin.edge;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Place;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Who the sensor is, where it stands, and what sets its clock. */
final class SiteOptions {

  private static final long STATED_MICROS = 10_000;

  @Option(
      names = "--sensor-id",
      scope = ScopeType.INHERIT,
      description = "Id of the sensor; required.")
  private @Nullable String sensorId;

  @Option(
      names = "--lat",
      scope = ScopeType.INHERIT,
      description = "Latitude, degrees WGS 84; required, but of a bridge with --mqtt-devices.")
  private @Nullable Double latitude;

  @Option(
      names = "--lon",
      scope = ScopeType.INHERIT,
      description = "Longitude, degrees WGS 84; required, but of a bridge with --mqtt-devices.")
  private @Nullable Double longitude;

  @Option(
      names = "--altitude",
      scope = ScopeType.INHERIT,
      description = "Metres above the ellipsoid; left open.")
  private @Nullable Double altitude;

  @Option(
      names = "--accuracy",
      scope = ScopeType.INHERIT,
      description = "One standard deviation of the position, metres; left open.")
  private @Nullable Double accuracy;

  @Option(
      names = "--audible-radius",
      scope = ScopeType.INHERIT,
      description = "Metres; default ${DEFAULT-VALUE}.")
  private double audibleRadius = 400;

  @Option(
      names = "--clock",
      scope = ScopeType.INHERIT,
      description =
          "Discipline of the clock: ${COMPLETION-CANDIDATES}; without it, chrony and timedatectl"
              + " are asked every minute.")
  private @Nullable ClockSource clockSource;

  @Option(
      names = "--clock-uncertainty-micros",
      scope = ScopeType.INHERIT,
      description = "One standard deviation, microseconds; 10000 where --clock is given.")
  private @Nullable Long clockUncertaintyMicros;

  /**
   * @throws IllegalArgumentException if it is not given
   */
  String sensorId() {
    return required("--sensor-id", sensorId);
  }

  private static <T> T required(String option, @Nullable T value) {
    if (value == null) {
      // Not picocli's own check: some subcommands do without.
      throw new IllegalArgumentException("Missing required option: '" + option + "'");
    }
    return value;
  }

  /** The clock as the command line states it; empty where the system is to be asked. */
  Optional<Clock> statedClock() {
    return clockSource == null && clockUncertaintyMicros == null
        ? Optional.empty()
        : Optional.of(
            Clock.newBuilder()
                .setSource(clockSource == null ? ClockSource.NTP : clockSource)
                .setUncertaintyMicros(
                    clockUncertaintyMicros == null ? STATED_MICROS : clockUncertaintyMicros)
                .build());
  }

  /** The system's clock, of which the command line may state how good it is. */
  CaptureClock captureClock() throws InterruptedException {
    Optional<Clock> stated = statedClock();
    return stated.isPresent()
        ? CaptureClock.stated(stated.get())
        : CaptureClock.read(ClockDiscipline::read);
  }

  /**
   * @throws IllegalArgumentException naming what is wrong
   */
  SensorIdentity identity() {
    if (altitude != null && !Double.isFinite(altitude)) {
      throw new IllegalArgumentException(
          "--altitude is " + altitude + "; metres above the ellipsoid");
    }
    if (accuracy != null && !(accuracy >= 0 && Double.isFinite(accuracy))) {
      throw new IllegalArgumentException(
          "--accuracy is " + accuracy + "; a standard deviation in metres is 0 or more");
    }
    return SensorIdentity.of(
        sensorId(),
        Place.newBuilder()
            .setLatitudeDegrees(required("--lat", latitude))
            .setLongitudeDegrees(required("--lon", longitude))
            .setAltitudeMetres(altitude)
            .setAccuracyMetres(accuracy)
            .build(),
        audibleRadius,
        statedClock().orElse(ClockDiscipline.FREE));
  }
}
