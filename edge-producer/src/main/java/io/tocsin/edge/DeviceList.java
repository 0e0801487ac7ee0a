package io.tocsin.edge;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sensors of a bridge, from a file: one a line, commas between, # before a remark. */
final class DeviceList {

  private static final int LEAST_FIELDS = 3;
  private static final int MOST_FIELDS = 6;
  private static final double AUDIBLE_RADIUS_METRES = 400;

  private DeviceList() {}

  /**
   * @param clock until a device tells its own
   * @throws IllegalArgumentException naming file, line and what is wrong
   */
  static List<SensorIdentity> read(Path file, Clock clock) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("--mqtt-devices " + file + " cannot be read: " + e, e);
    }
    Map<String, SensorIdentity> sensors = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith("sensorId,")) {
        continue;
      }
      try {
        SensorIdentity sensor = sensor(line.split(",", -1), clock);
        if (sensors.put(sensor.sensorId(), sensor) != null) {
          throw new IllegalArgumentException(sensor.sensorId() + " stands there twice");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "%s, line %d: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    if (sensors.isEmpty()) {
      throw new IllegalArgumentException(
          file + " holds no sensor; sensorId,latitude,longitude[,altitude[,accuracy[,radius]]]");
    }
    return List.copyOf(sensors.values());
  }

  private static SensorIdentity sensor(String[] fields, Clock clock) {
    if (fields.length < LEAST_FIELDS || fields.length > MOST_FIELDS) {
      throw new IllegalArgumentException(
          fields.length + " fields; sensorId,latitude,longitude[,altitude[,accuracy[,radius]]]");
    }
    Double latitude = number(fields, 1);
    Double longitude = number(fields, 2);
    Double radius = number(fields, 5);
    if (latitude == null || longitude == null) {
      throw new IllegalArgumentException("latitude or longitude is missing");
    }
    return SensorIdentity.of(
        fields[0].strip(),
        Place.newBuilder()
            .setLatitudeDegrees(latitude)
            .setLongitudeDegrees(longitude)
            .setAltitudeMetres(number(fields, 3))
            .setAccuracyMetres(number(fields, 4))
            .build(),
        radius == null ? AUDIBLE_RADIUS_METRES : radius,
        clock);
  }

  private static @Nullable Double number(String[] fields, int index) {
    return index >= fields.length || fields[index].isBlank()
        ? null
        : Double.valueOf(fields[index].strip());
  }
}
