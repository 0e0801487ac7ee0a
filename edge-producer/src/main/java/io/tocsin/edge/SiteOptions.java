package io.tocsin.edge;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Place;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Who the sensor is, where it stands, and what sets its clock. */
final class SiteOptions {

  @Option(
      names = "--sensor-id",
      required = true,
      scope = ScopeType.INHERIT,
      description = "Id of the sensor.")
  private String sensorId = "";

  @Option(
      names = "--lat",
      required = true,
      scope = ScopeType.INHERIT,
      description = "Latitude, degrees WGS 84.")
  private double latitude;

  @Option(
      names = "--lon",
      required = true,
      scope = ScopeType.INHERIT,
      description = "Longitude, degrees WGS 84.")
  private double longitude;

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
      description = "Discipline of the clock: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private ClockSource clockSource = ClockSource.NTP;

  @Option(
      names = "--clock-uncertainty-micros",
      scope = ScopeType.INHERIT,
      description = "One standard deviation, microseconds; default ${DEFAULT-VALUE}.")
  private long clockUncertaintyMicros = 10_000;

  String sensorId() {
    return sensorId;
  }

  long clockUncertaintyMicros() {
    return clockUncertaintyMicros;
  }

  ClockSource clockSource() {
    return clockSource;
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
        sensorId,
        Place.newBuilder()
            .setLatitudeDegrees(latitude)
            .setLongitudeDegrees(longitude)
            .setAltitudeMetres(altitude)
            .setAccuracyMetres(accuracy)
            .build(),
        audibleRadius,
        Clock.newBuilder()
            .setSource(clockSource)
            .setUncertaintyMicros(clockUncertaintyMicros)
            .build());
  }
}
