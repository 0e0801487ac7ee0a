package io.tocsin.simulator.city.picture;

import io.tocsin.simulator.city.CityPlane;
import io.tocsin.simulator.city.CityTruth;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.FoundAlert;
import io.tocsin.simulator.city.evaluation.FoundEvent;
import java.util.List;
import java.util.Set;

/** A city from above: its sensors, what sounded, and what was found. */
public final class CityMap {

  private static final int SIDE = 1_000;
  private static final int TOP = 96;
  private static final double MARGIN_METRES = 400;

  /** At a city's scale a true ellipse would be a speck. */
  private static final double ENLARGED = 10;

  private final CityPlane plane;
  private final double halfMetres;
  private final Drawing drawing = new Drawing(SIDE, SIDE + TOP);

  private CityMap(CityTruth truth) {
    plane = new CityPlane(truth.centreLatitudeDegrees(), truth.centreLongitudeDegrees());
    halfMetres =
        MARGIN_METRES
            + truth.sensors().stream()
                .mapToDouble(s -> Math.max(Math.abs(s.eastMetres()), Math.abs(s.northMetres())))
                .max()
                .orElse(0);
  }

  /** Draws it. */
  public static String svg(
      CityTruth truth, List<FoundAlert> alerts, List<FoundEvent> events, String title) {
    CityMap map = new CityMap(truth);
    map.legend(title);
    truth
        .sensors()
        .forEach(
            s -> map.drawing.circle("sensor", map.x(s.eastMetres()), map.y(s.northMetres()), 2));
    Set<String> right = Evaluation.rightEvents(truth, events);
    for (FoundEvent event : events) {
      if (event.located() && event.detectionIds().size() >= Evaluation.ENOUGH_SENSORS) {
        map.event(event, right.contains(event.eventId()) ? "right" : "wrong");
      }
    }
    truth.sounds().stream()
        .filter(s -> s.kind() != CityTruth.Kind.BURST)
        .filter(s -> s.audibleSensors() >= Evaluation.ENOUGH_SENSORS)
        .forEach(map::sound);
    alerts.forEach(map::alert);
    return map.drawing.done();
  }

  private void sound(CityTruth.Sound sound) {
    String kind = sound.kind() == CityTruth.Kind.DECOY ? "decoy" : "truth";
    drawing.circle(kind, x(sound.eastMetres()), y(sound.northMetres()), 5);
  }

  private void event(FoundEvent event, String kind) {
    CityPlane.Point at = plane.project(event.latitudeDegrees(), event.longitudeDegrees());
    double x = x(at.eastMetres());
    double y = y(at.northMetres());
    double scale = ENLARGED * SIDE / (2 * halfMetres);
    drawing.ellipse(
        kind,
        x,
        y,
        event.semiMajorMetres() * scale,
        event.semiMinorMetres() * scale,
        event.azimuthDegrees());
    drawing.circle("dot", x, y, 1.5);
  }

  private void alert(FoundAlert alert) {
    CityPlane.Point at = plane.project(alert.latitudeDegrees(), alert.longitudeDegrees());
    drawing.square("alert", x(at.eastMetres()), y(at.northMetres()), 10);
  }

  private void legend(String title) {
    drawing.text("ink", 16, 26, "start", title);
    drawing.circle("sensor", 22, 50, 2);
    drawing.text("faint", 32, 55, "start", "sensor");
    drawing.circle("truth", 102, 50, 5);
    drawing.text("faint", 114, 55, "start", "true sound");
    drawing.circle("decoy", 202, 50, 5);
    drawing.text("faint", 214, 55, "start", "decoy");
    drawing.ellipse("right", 280, 50, 7, 11, 0);
    drawing.circle("dot", 280, 50, 1.5);
    drawing.text("faint", 297, 55, "start", "found, its 95 % ellipse tenfold");
    drawing.ellipse("wrong", 508, 50, 7, 11, 0);
    drawing.text("faint", 525, 55, "start", "found, but not there");
    drawing.square("alert", 680, 50, 8);
    drawing.text("faint", 695, 55, "start", "alert");
    double kilometre = SIDE * 1000 / (2 * halfMetres);
    drawing.line("axis", SIDE - 20 - kilometre, 70, SIDE - 20, 70);
    drawing.text("faint", SIDE - 20 - kilometre / 2, 62, "middle", "1 km");
  }

  private double x(double east) {
    return (east + halfMetres) / (2 * halfMetres) * SIDE;
  }

  private double y(double north) {
    return TOP + (halfMetres - north) / (2 * halfMetres) * SIDE;
  }
}
