package io.tocsin.edge;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.check.Plausibility;
import java.time.Instant;

/**
 * Who a sensor is and where.
 *
 * @param sensor the registration that is published
 * @param clock what disciplines the capture clock
 */
public record SensorIdentity(Sensor sensor, Clock clock) {

  /**
   * Refuses an identity that the rest of the system would refuse.
   *
   * @throws IllegalArgumentException naming the field, the value and what is allowed
   */
  public SensorIdentity {
    Plausibility.problemOf(sensor, Instant.now())
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** A sensor that registers now, its altitude and accuracy unknown. */
  public static SensorIdentity of(
      String sensorId,
      double latitudeDegrees,
      double longitudeDegrees,
      double audibleRadiusMetres,
      Clock clock) {
    Place place =
        Place.newBuilder()
            .setLatitudeDegrees(latitudeDegrees)
            .setLongitudeDegrees(longitudeDegrees)
            .build();
    return of(sensorId, place, audibleRadiusMetres, clock);
  }

  /** A sensor that registers now. */
  public static SensorIdentity of(
      String sensorId, Place place, double audibleRadiusMetres, Clock clock) {
    return new SensorIdentity(
        Sensor.newBuilder()
            .setSensorId(sensorId)
            .setPlace(place)
            .setAudibleRadiusMetres(audibleRadiusMetres)
            .setFirmware("tocsin-sensor")
            .setRegisteredAt(Instant.now())
            .build(),
        clock);
  }

  /** The sensor's id. */
  public String sensorId() {
    return sensor.getSensorId();
  }

  /** The same sensor with another clock. */
  SensorIdentity withClock(Clock another) {
    return new SensorIdentity(sensor, another);
  }
}
