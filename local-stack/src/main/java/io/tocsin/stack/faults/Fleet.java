package io.tocsin.stack.faults;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One playing of the load: sensors of its own, from an instant of its own on.
 *
 * @param number from 0 on
 * @param startMicros instant of the first sample, microseconds since the epoch
 */
public record Fleet(int number, long startMicros) {

  private static final Pattern SENSOR = Pattern.compile("fleet-(\\d{4})-(\\d{2})");

  /** A sensor and the fleet that it is of. */
  public record Sensor(int fleet, int number) {

    /** Reads a sensor's id; empty if it is of no fleet. */
    public static Optional<Sensor> of(String sensorId) {
      Matcher parts = SENSOR.matcher(sensorId);
      return parts.matches()
          ? Optional.of(
              new Sensor(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2))))
          : Optional.empty();
    }
  }

  /** What its sensors' ids begin with. */
  public String name() {
    return "fleet-%04d".formatted(number);
  }

  public String sensorId(int sensor) {
    return "%s-%02d".formatted(name(), sensor);
  }

  /** An instant as seconds of the load, in microseconds. */
  public long loadMicros(long micros) {
    return micros - startMicros;
  }
}
