package io.tocsin.stack.falsealarms;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.distress.PatternMapping;
import io.tocsin.jobs.distress.PickMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.stack.StackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a system has heard and said in a span, and what it goes by.
 *
 * @param fromMicros of the first pick
 * @param untilMicros behind the last pick
 * @param sites that are registered now
 * @param patterns that are in force now
 * @param alerts that began in the span and stand
 */
record Heard(
    long fromMicros,
    long untilMicros,
    List<Pick> picks,
    List<SensorSite> sites,
    List<Pattern> patterns,
    List<DistressAlert> alerts) {

  private static final Logger LOG = LoggerFactory.getLogger(Heard.class);

  /**
   * Reads it.
   *
   * @throws StackException if there is nothing
   */
  static Heard in(TopicContents topics, Instant from, Instant until) {
    List<SensorSite> sites =
        topics.table(Topics.SENSORS).values().stream()
            .map(
                sensor ->
                    new SensorSite(
                        sensor.getSensorId(),
                        new GeoPoint(
                            sensor.getPlace().getLatitudeDegrees(),
                            sensor.getPlace().getLongitudeDegrees()),
                        sensor.getAudibleRadiusMetres()))
            .toList();
    List<Pick> picks = picks(topics, from, until);
    if (picks.isEmpty() || sites.isEmpty()) {
      throw new StackException(
          "%d sensors and %d detections are there since %s; wait until there are both, or give more --hours"
              .formatted(sites.size(), picks.size(), from));
    }
    long first = picks.stream().mapToLong(Pick::onsetMicros).min().orElseThrow();
    long last = picks.stream().mapToLong(Pick::onsetMicros).max().orElseThrow();
    return new Heard(first, last + 1, picks, sites, patterns(topics), alerts(topics, first, last));
  }

  private static List<Pick> picks(TopicContents topics, Instant from, Instant until) {
    PickMapping mapping = new PickMapping(DistressJobSettings.ALLOWED_LATENESS);
    List<Pick> picks = new ArrayList<>();
    topics.forEach(
        Topics.DETECTIONS,
        from,
        detection -> {
          Instant onset = detection.getOnsetAt();
          if (mapping.concerns(detection) && !onset.isBefore(from) && onset.isBefore(until)) {
            picks.add(mapping.toDomain(detection).pick());
          }
        });
    return picks;
  }

  private static List<Pattern> patterns(TopicContents topics) {
    PatternMapping mapping = new PatternMapping();
    List<Pattern> patterns = new ArrayList<>();
    for (DistressPattern published : topics.table(Topics.PATTERNS).values()) {
      try {
        patterns.add(mapping.pattern(published));
      } catch (RefusedRecordException e) {
        LOG.debug("pattern {} is passed over, as by the job", published.getPatternId(), e);
      }
    }
    return patterns.stream().filter(Pattern::enabled).toList();
  }

  private static List<DistressAlert> alerts(
      TopicContents topics, long firstMicros, long lastMicros) {
    Map<String, DistressAlert> last = new HashMap<>();
    // An alert is written after it began; but the clocks of sensors and brokers may differ.
    Instant since = Instants.ofMicros(firstMicros).minus(Plausibility.AHEAD);
    topics.forEach(
        Topics.DISTRESS_ALERTS,
        since,
        alert ->
            last.merge(
                alert.getAlertId(), alert, (a, b) -> b.getRevision() >= a.getRevision() ? b : a));
    return last.values().stream()
        .filter(alert -> alert.getState() != AlertState.RETRACTED)
        .filter(
            alert -> {
              long started = Instants.toMicros(alert.getStartedAt());
              return started >= firstMicros && started <= lastMicros;
            })
        .toList();
  }
}
