package io.tocsin.stack.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/**
 * A question of an analyst, about another place and time at each asking.
 *
 * @param name of the function or view
 * @param bounded whether it is bounded by place and time (or by one alert or sensor)
 * @param sql the statement for a place and a time
 */
record SqlQuestion(String name, boolean bounded, Function<Asked, String> sql) {

  /**
   * What an asking is about.
   *
   * @param lon degrees
   * @param lat degrees
   * @param since start of the day asked about
   * @param alert which of the made-up alerts
   */
  record Asked(double lon, double lat, Instant since, int alert, Random random) {

    static Asked at(Random random, GeneratedArchive.Size size) {
      long hours = random.nextLong(24, 24L * size.days());
      return new Asked(
          13.4 + 0.12 * (random.nextDouble() - 0.5),
          52.52 + 0.08 * (random.nextDouble() - 0.5),
          size.until().minus(Duration.ofHours(hours)),
          random.nextInt(size.alerts()),
          random);
    }

    String place() {
      return String.format(Locale.ROOT, "%.6f, %.6f", lon, lat);
    }

    /** A period of so many hours. */
    String hours(int hours) {
      return "'%s'::timestamptz, '%s'::timestamptz"
          .formatted(since, since.plus(Duration.ofHours(hours)));
    }

    /** A box of about 2.7 by 2.2 km. */
    String area() {
      return String.format(
          Locale.ROOT,
          "ST_MakeEnvelope(%f, %f, %f, %f, 4326)::geography",
          lon - 0.02,
          lat - 0.01,
          lon + 0.02,
          lat + 0.01);
    }

    /** The tile of that zoom around the place. */
    String tile(int zoom) {
      int n = 1 << zoom;
      int x = (int) ((lon + 180) / 360 * n);
      double phi = Math.toRadians(lat);
      int y = (int) ((1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2 * n);
      return zoom + ", " + x + ", " + y;
    }
  }

  /** Every function and view for analysts. */
  static final List<SqlQuestion> ALL =
      List.of(
          bounded(
              "alerts_near",
              q -> all("tocsin.alerts_near(%s, 1000, %s)".formatted(q.place(), day(q)))),
          bounded(
              "alerts_within",
              q -> all("tocsin.alerts_within(%s, %s)".formatted(q.area(), day(q)))),
          bounded(
              "detections_near",
              q -> all("tocsin.detections_near(%s, 1000, %s)".formatted(q.place(), day(q)))),
          bounded(
              "nearest_sensors", q -> all("tocsin.nearest_sensors(%s, 20)".formatted(q.place()))),
          bounded(
              "hotspots",
              q -> all("tocsin.hotspots(%s, 150, 4, %s)".formatted(q.hours(24 * 7), q.area()))),
          bounded(
              "density of events",
              q -> all("tocsin.density(%s, 250, %s)".formatted(q.hours(168), q.area()))),
          bounded(
              "density of detections",
              q -> all("tocsin.density(%s, 250, %s, 'detections')".formatted(day(q), q.area()))),
          bounded(
              "density of alerts",
              q -> all("tocsin.density(%s, 250, %s, 'alerts')".formatted(q.hours(168), q.area()))),
          bounded("coverage", q -> all("tocsin.coverage(%s)".formatted(q.area()))),
          bounded("coverage_holes", q -> all("tocsin.coverage_holes(%s)".formatted(q.area()))),
          bounded(
              "false_alarm_rates",
              q -> all("tocsin.false_alarm_rates(%s)".formatted(q.hours(168)))),
          // A constant, so that the plan can be seen.
          bounded(
              "alert_picks",
              q -> all("tocsin.alert_picks('alert-' || md5('%d'))".formatted(10 * q.alert()))),
          bounded(
              "sensor_track",
              q ->
                  all(
                      "tocsin.sensor_track('sensor-%05d', %s)"
                          .formatted(q.random().nextInt(1000), q.hours(168)))),
          bounded("quiet_sensor", q -> "SELECT * FROM tocsin.quiet_sensor"),
          bounded(
              "label_lift",
              q ->
                  all(
                      "tocsin.label_lift(%s, interval '10 s', 300, %s)"
                          .formatted(q.hours(168), q.area()))),
          bounded("alerts_geojson", q -> one("tocsin.alerts_geojson(%s)".formatted(day(q)))),
          bounded("events_geojson", q -> one("tocsin.events_geojson(%s)".formatted(q.hours(6)))),
          new SqlQuestion("sensors_geojson", false, q -> "SELECT tocsin.sensors_geojson()"),
          bounded("api.sensors in a box", q -> box("api.sensors", q, "true")),
          bounded(
              "api.events in a box",
              q -> box("api.events", q, "origin_at BETWEEN " + day(q).replace(",", " AND"))),
          bounded(
              "api.alerts in a box",
              q -> box("api.alerts", q, "started_at BETWEEN " + day(q).replace(",", " AND"))),
          bounded(
              "api.detections_near",
              q -> all("api.detections_near(%s, 1000, %s)".formatted(q.place(), day(q)))),
          bounded("api.sensor_tile", q -> one("api.sensor_tile(%s)".formatted(q.tile(13)))),
          bounded(
              "api.event_tile", q -> one("api.event_tile(%s, %s)".formatted(q.tile(13), day(q)))),
          bounded(
              "api.alert_tile", q -> one("api.alert_tile(%s, %s)".formatted(q.tile(13), day(q)))),
          new SqlQuestion(
              "hotspots, everywhere, a day",
              false,
              q -> all("tocsin.hotspots(%s, 150, 4)".formatted(day(q)))),
          new SqlQuestion(
              "density of events, everywhere, a week",
              false,
              q -> all("tocsin.density(%s, 500)".formatted(q.hours(168)))),
          new SqlQuestion(
              "density of detections, everywhere, an hour",
              false,
              q -> all("tocsin.density(%s, 500, NULL, 'detections')".formatted(q.hours(1)))),
          new SqlQuestion(
              "label_lift, everywhere, a day",
              false,
              q -> all("tocsin.label_lift(%s)".formatted(day(q)))));

  private static SqlQuestion bounded(String name, Function<Asked, String> sql) {
    return new SqlQuestion(name, true, sql);
  }

  private static String day(Asked asked) {
    return asked.hours(24);
  }

  private static String all(String call) {
    return "SELECT * FROM " + call;
  }

  private static String one(String call) {
    return "SELECT " + call;
  }

  private static String box(String view, Asked asked, String also) {
    return "SELECT * FROM %s WHERE geom && %s::geometry AND %s"
        .formatted(view, asked.area().replace("::geography", ""), also);
  }
}
