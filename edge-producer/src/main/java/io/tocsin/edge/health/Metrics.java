package io.tocsin.edge.health;

import io.tocsin.edge.forward.ForwardStatus;
import io.tocsin.edge.spool.Loss;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A reading in words for people, and in Prometheus's text format 0.0.4. */
final class Metrics {

  private static final double MILLIS_PER_SECOND = 1e3;

  private Metrics() {}

  /** The reading as a JSON object. */
  static String json(Pulse.Reading reading, Telling telling) {
    String pulse = json(reading).strip();
    String told = telling.facts().toString();
    // Two objects become one.
    return telling.facts().isEmpty()
        ? pulse + "\n"
        : pulse.substring(0, pulse.length() - 1) + ", " + told.substring(1) + "\n";
  }

  private static String json(Pulse.Reading reading) {
    ForwardStatus status = reading.status();
    return """
        {"sensorId": %s, "status": "%s", "secondsSinceLastFrame": %.3f, "lastCapturedAt": %s,\
         "lastAcknowledgedAt": %s, "spoolDepth": %d, "spoolAgeSeconds": %.3f, "spoolBytes": %d,\
         "framesDropped": %d, "framesRefused": %d, "problem": %s}
        """
        .formatted(
            quoted(reading.sensorId()),
            reading.state().name().toLowerCase(Locale.ROOT),
            reading.sinceProgress().toMillis() / MILLIS_PER_SECOND,
            instant(status.lastAcceptedAt()),
            instant(status.lastAcknowledgedAt()),
            status.spool().depth(),
            status.spool().oldest().toMillis() / MILLIS_PER_SECOND,
            status.spool().bytes(),
            status.dropped(),
            status.refused(),
            status.problem() == null ? "null" : quoted(status.problem()));
  }

  private static String instant(@Nullable Instant instant) {
    return instant == null ? "null" : "\"" + instant + "\"";
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /** The reading for Prometheus. */
  static String prometheus(Pulse.Reading reading, Telling telling) {
    ForwardStatus status = reading.status();
    Page page = new Page(reading.sensorId());
    page.gauge("up", "1 while the source delivers", reading.isWell() ? 1L : 0L);
    page.gauge("kafka_reachable", "1 while Kafka takes frames", status.reachable() ? 1L : 0L);
    page.gauge(
        "seconds_since_last_frame",
        "Since the source delivered",
        reading.sinceProgress().toMillis() / MILLIS_PER_SECOND);
    page.counter("frames_captured_total", "Delivered by the source", status.accepted());
    page.counter("frames_acknowledged_total", "Taken by Kafka", status.acknowledged());
    page.counter(
        "frames_acknowledged_live_total", "Taken by Kafka at once", status.acknowledgedLive());
    page.counter("frames_dropped_total", "Given up since the start", status.dropped());
    page.counter("frames_refused_total", "Set aside for their content", status.refused());
    page.gauge("spool_frames", "Kept and not taken by Kafka", status.spool().depth());
    page.gauge("spool_bytes", "On disk", status.spool().bytes());
    page.gauge(
        "spool_age_seconds",
        "Of the oldest frame kept",
        status.spool().oldest().toMillis() / MILLIS_PER_SECOND);
    page.gauge("spool_unread_segments", "Not looked into yet", status.spool().unreadSegments());
    page.gauge("spool_unforced_frames", "A power cut would take", status.spool().unflushed());
    page.counter("spool_faults_total", "Operations that the disk failed", status.spool().faults());
    page.losses(status);
    telling.figures().forEach(page::figure);
    return page.text.toString();
  }

  private static final class Page {

    private final StringBuilder text = new StringBuilder();
    private final String sensor;

    Page(String sensorId) {
      this.sensor = "sensor=\"" + escaped(sensorId) + "\"";
    }

    void gauge(String name, String help, double value) {
      head(name, help, "gauge");
      line(name, "", Double.toString(value));
    }

    void gauge(String name, String help, long value) {
      head(name, help, "gauge");
      line(name, "", Long.toString(value));
    }

    void counter(String name, String help, long value) {
      head(name, help, "counter");
      line(name, "", Long.toString(value));
    }

    void figure(Telling.Figure figure) {
      if (text.indexOf("# TYPE tocsin_sensor_" + figure.name() + " ") < 0) {
        head(figure.name(), figure.help(), figure.type());
      }
      StringBuilder labels = new StringBuilder();
      figure
          .labels()
          .forEach((label, value) -> labels.append(",%s=\"%s\"".formatted(label, escaped(value))));
      line(figure.name(), labels.toString(), number(figure.value()));
    }

    private static String number(double value) {
      return value == Math.rint(value) && Math.abs(value) < 1e15
          ? Long.toString((long) value)
          : Double.toString(value);
    }

    private static String escaped(String value) {
      return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    void losses(ForwardStatus status) {
      String name = "spool_lost_frames_total";
      head(name, "By reason, since the folder was made", "counter");
      for (Loss reason : Loss.values()) {
        line(
            name,
            ",reason=\"" + reason.name().toLowerCase(Locale.ROOT) + "\"",
            Long.toString(status.spool().lost(reason)));
      }
    }

    private void head(String name, String help, String type) {
      text.append("# HELP tocsin_sensor_%s %s.\n".formatted(name, help));
      text.append("# TYPE tocsin_sensor_%s %s\n".formatted(name, type));
    }

    private void line(String name, String labels, String value) {
      text.append("tocsin_sensor_%s{%s%s} %s\n".formatted(name, sensor, labels, value));
    }
  }
}
