package io.tocsin.jobs.kafka;

import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import org.jspecify.annotations.Nullable;

/**
 * A sensor as registered, or its withdrawal.
 *
 * @param withdrawn whether the sensor is no more; then its other values mean nothing
 */
public record SensorRegistration(
    String sensorId,
    double latitudeDegrees,
    double longitudeDegrees,
    @Nullable Double altitudeMetres,
    @Nullable Double accuracyMetres,
    double audibleRadiusMetres,
    boolean withdrawn) {

  /** From the registry topic. */
  public static final class Mapping implements DomainMapping<Sensor, SensorRegistration> {

    private static final long serialVersionUID = 1L;

    @Override
    public SensorRegistration toDomain(Sensor value) {
      Place place = value.getPlace();
      return new SensorRegistration(
          value.getSensorId(),
          place.getLatitudeDegrees(),
          place.getLongitudeDegrees(),
          place.getAltitudeMetres(),
          place.getAccuracyMetres(),
          value.getAudibleRadiusMetres(),
          false);
    }

    @Override
    public SensorRegistration withdrawn(String key) {
      return new SensorRegistration(key, 0, 0, null, null, 0, true);
    }
  }
}
