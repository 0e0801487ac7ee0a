package io.tocsin.simulator;

import java.util.Locale;

/** A scene and what was found, drawn as SVG: a kilometre is 640 pixels. */
public final class SceneMap {

  private static final double PIXELS_PER_METRE = 0.64;
  private static final double HALF_METRES = 600;

  private SceneMap() {}

  /**
   * Draws sensors (blue), true pairs (green rings), other sounds (grey) and alerts (red, with the
   * radius of their 95 % ellipse).
   *
   * @param centreLatitude of the scene, degrees
   * @param centreLongitude of the scene, degrees
   */
  public static String svg(
      SceneTruth truth,
      AlertEvaluation.Result result,
      double centreLatitude,
      double centreLongitude) {
    StringBuilder svg = new StringBuilder();
    int side = (int) (2 * HALF_METRES * PIXELS_PER_METRE);
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d'"
                + " font-family='sans-serif' font-size='11'><rect width='100%%' height='100%%'"
                + " fill='#fbfaf7'/>%n",
            side,
            side));
    for (SceneTruth.Sound sound : truth.sounds()) {
      if (!sound.incident().startsWith("pair")) {
        circle(svg, sound.eastMetres(), sound.northMetres(), 4, "none", "#999");
        text(svg, sound.eastMetres(), sound.northMetres(), sound.incident().substring(6), "#888");
      }
    }
    for (SceneTruth.SensorTruth sensor : truth.sensors()) {
      circle(svg, sensor.eastMetres(), sensor.northMetres(), 5, "#2463ab", "#2463ab");
    }
    for (SceneTruth.Sound sound : truth.sounds()) {
      if (sound.incident().startsWith("pair") && sound.role() == SoundLibrary.Role.GLASS) {
        circle(svg, sound.eastMetres(), sound.northMetres(), 9, "none", "#1d8a3e");
        text(svg, sound.eastMetres(), sound.northMetres(), sound.incident(), "#1d8a3e");
      }
    }
    result.matches().forEach(m -> alert(svg, m.alert(), centreLatitude, centreLongitude));
    result.duplicates().forEach(a -> alert(svg, a, centreLatitude, centreLongitude));
    result.falseAlarms().forEach(a -> alert(svg, a, centreLatitude, centreLongitude));
    legend(svg);
    return svg.append("</svg>\n").toString();
  }

  private static void legend(StringBuilder svg) {
    text(
        svg,
        -HALF_METRES,
        -HALF_METRES + 20,
        "blue: sensor · green ring: glass and cry that belong together · grey: decoy"
            + " · red: alert with its 95 % radius",
        "#444");
    double left = HALF_METRES - 240;
    double low = -HALF_METRES + 45;
    svg.append(
        String.format(
            Locale.ROOT,
            "<path d='M%.1f,%.1f h%.1f' stroke='#444' stroke-width='2'/>%n",
            (left + HALF_METRES) * PIXELS_PER_METRE,
            (HALF_METRES - low) * PIXELS_PER_METRE,
            200 * PIXELS_PER_METRE));
    text(svg, left + 60, low - 20, "200 m", "#444");
  }

  private static void alert(
      StringBuilder svg, AlertEvaluation.RaisedAlert alert, double latitude, double longitude) {
    double north = (alert.latitudeDegrees() - latitude) * 111_200;
    double east =
        (alert.longitudeDegrees() - longitude) * 111_320 * Math.cos(Math.toRadians(latitude));
    circle(svg, east, north, 3, "#c8232c", "#c8232c");
    circle(
        svg,
        east,
        north,
        Math.max(4, alert.semiMajorMetres() * PIXELS_PER_METRE),
        "none",
        "#c8232c");
  }

  private static void circle(
      StringBuilder svg, double east, double north, double radius, String fill, String stroke) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='%s' stroke='%s' stroke-width='1.5'/>%n",
            x(east),
            y(north),
            radius,
            fill,
            stroke));
  }

  private static void text(
      StringBuilder svg, double east, double north, String text, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x='%.1f' y='%.1f' fill='%s'>%s</text>%n",
            x(east) + 11,
            y(north) + 4,
            colour,
            text));
  }

  private static double x(double east) {
    return (east + HALF_METRES) * PIXELS_PER_METRE;
  }

  private static double y(double north) {
    return (HALF_METRES - north) * PIXELS_PER_METRE;
  }
}
