package io.tocsin.simulator.city;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What really happened in a city.
 *
 * @param hours of the run
 * @param centreLatitudeDegrees of the plane's origin
 * @param sounds by origin
 * @param incidents by their first sound
 */
public record CityTruth(
    String scenario,
    long seed,
    double hours,
    double centreLatitudeDegrees,
    double centreLongitudeDegrees,
    List<Sensor> sensors,
    List<Sound> sounds,
    List<Incident> incidents) {

  /** Why something sounds. */
  public enum Kind {
    /** One sound, or two of a label, that mean nothing. */
    SINGLE,
    /** A glass and a cry that belong together: must alert. */
    DISTRESS,
    /** A glass and a cry that do not belong together: must not alert. */
    DECOY,
    /** Fireworks or thunder, all over the place: must not alert; no sound to be located. */
    BURST
  }

  /** A sensor, and the standard deviation that its clock states. */
  public record Sensor(
      String sensorId,
      double latitudeDegrees,
      double longitudeDegrees,
      double eastMetres,
      double northMetres,
      double audibleRadiusMetres,
      long clockUncertaintyMicros) {}

  /**
   * A sound.
   *
   * @param incident whose part it is
   * @param arrivals every pick that it caused, those that were lost too
   */
  public record Sound(
      String soundId,
      String incident,
      Kind kind,
      String label,
      long originMicros,
      double latitudeDegrees,
      double longitudeDegrees,
      double eastMetres,
      double northMetres,
      List<Arrival> arrivals) {

    /** How many sensors picked it. */
    @JsonIgnore
    public int audibleSensors() {
      return (int) arrivals.stream().map(Arrival::sensorId).distinct().count();
    }

    /** The ids of all its picks. */
    @JsonIgnore
    public Set<String> detectionIds() {
      return arrivals.stream().map(Arrival::detectionId).collect(Collectors.toSet());
    }
  }

  /** A pick that a sound caused at a sensor. */
  public record Arrival(String detectionId, String sensorId, long onsetMicros) {}

  /** Sounds with one cause. */
  public record Incident(String incident, Kind kind, List<String> soundIds) {}

  /** How long all sensors together listened, in days. */
  @JsonIgnore
  public double sensorDays() {
    return sensors.size() * hours / 24;
  }
}
