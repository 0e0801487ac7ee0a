package io.tocsin.schema.check;

import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.FalseAlarmStep;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.schema.avro.SoundEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says what is wrong with a record that decodes but cannot be true. Each answer names the field,
 * the value and what is allowed; it is empty for a plausible record.
 */
public final class Plausibility {

  /** No sensor of this system recorded anything earlier: a clock that says so was never set. */
  public static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

  /** How far ahead of ours a clock may be; as much as Kafka's brokers accept. */
  public static final Duration AHEAD = Duration.ofHours(1);

  /** The longest that a frame may be. */
  public static final Duration LONGEST_FRAME = Duration.ofSeconds(10);

  private static final Pattern SENSOR_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int LOWEST_RATE_HERTZ = 4_000;
  private static final int HIGHEST_RATE_HERTZ = 192_000;
  private static final int PCM_BYTES_PER_SAMPLE = 2;

  private Plausibility() {}

  /**
   * The problem of any record of the catalogue.
   *
   * @param key the record's Kafka key, which must be the record's id; null when it has none
   * @param now the current time, against which clocks ahead are judged
   */
  public static Optional<String> problemOf(
      @Nullable String key, SpecificRecord value, Instant now) {
    if (value instanceof Sensor sensor) {
      return keyed(key, "sensorId", sensor.getSensorId()).or(() -> problemOf(sensor, now));
    } else if (value instanceof AudioFrame frame) {
      return keyed(key, "sensorId", frame.getSensorId()).or(() -> problemOf(frame, now));
    } else if (value instanceof AudioEmbedding embedding) {
      return keyed(key, "sensorId", embedding.getSensorId()).or(() -> problemOf(embedding, now));
    } else if (value instanceof Heartbeat heartbeat) {
      return keyed(key, "sensorId", heartbeat.getSensorId())
          .or(() -> sensorId(heartbeat.getSensorId()))
          .or(() -> clock(heartbeat.getClock()));
    } else if (value instanceof Detection detection) {
      return keyed(key, "sensorId", detection.getSensorId()).or(() -> problemOf(detection, now));
    } else if (value instanceof SoundEvent event) {
      return keyed(key, "eventId", event.getEventId())
          .or(() -> instant("originAt", event.getOriginAt(), now))
          .or(() -> location(event.getLocation()));
    } else if (value instanceof DistressAlert alert) {
      return keyed(key, "alertId", alert.getAlertId())
          .or(() -> instant("startedAt", alert.getStartedAt(), now))
          .or(() -> probability("probability", alert.getProbability()))
          .or(() -> location(alert.getLocation()));
    } else if (value instanceof DistressPattern pattern) {
      return keyed(key, "patternId", pattern.getPatternId()).or(() -> problemOf(pattern));
    } else if (value instanceof FalseAlarmRates rates) {
      return keyed(key, "patternId", rates.getPatternId()).or(() -> problemOf(rates));
    } else if (value instanceof Review review) {
      return keyed(key, "alertId", review.getAlertId())
          .or(() -> instant("reviewedAt", review.getReviewedAt(), now));
    } else if (value instanceof SensorStatus status) {
      return keyed(key, "sensorId", status.getSensorId());
    } else if (value instanceof SensorKeys keys) {
      return keyed(key, "sensorId", keys.getSensorId());
    }
    return Optional.empty();
  }

  /** The problem of a registration: id, coordinates, radius. */
  public static Optional<String> problemOf(Sensor sensor, Instant now) {
    return sensorId(sensor.getSensorId())
        .or(() -> place(sensor.getPlace()))
        .or(
            () ->
                within("audibleRadiusMetres", sensor.getAudibleRadiusMetres(), 1, 10_000, "metres"))
        .or(() -> instant("registeredAt", sensor.getRegisteredAt(), now));
  }

  /** The problem of a frame: id, capture time, sample rate, length. */
  public static Optional<String> problemOf(AudioFrame frame, Instant now) {
    return sensorId(frame.getSensorId())
        .or(() -> instant("capturedAt", frame.getCapturedAt(), now))
        .or(() -> clock(frame.getClock()))
        .or(
            () ->
                within(
                    "sampleRateHertz",
                    frame.getSampleRateHertz(),
                    LOWEST_RATE_HERTZ,
                    HIGHEST_RATE_HERTZ,
                    "Hz"))
        .or(() -> samples(frame));
  }

  /** The problem of an embedding: id, capture time, window. */
  public static Optional<String> problemOf(AudioEmbedding embedding, Instant now) {
    return sensorId(embedding.getSensorId())
        .or(() -> instant("capturedAt", embedding.getCapturedAt(), now))
        .or(() -> clock(embedding.getClock()))
        .or(
            () ->
                within(
                    "windowMicros",
                    (double) embedding.getWindowMicros(),
                    1,
                    LONGEST_FRAME.toMillis() * 1_000.0,
                    "microseconds"))
        .or(
            () ->
                embedding.getVector().remaining() == 0 || embedding.getVector().remaining() % 2 != 0
                    ? Optional.of(
                        "vector has "
                            + embedding.getVector().remaining()
                            + " bytes; float16 numbers have two each")
                    : Optional.empty());
  }

  /** The problem of a detection: ids, coordinates, times, probability. */
  public static Optional<String> problemOf(Detection detection, Instant now) {
    return sensorId(detection.getSensorId())
        .or(() -> place(detection.getPlace()))
        .or(() -> label(detection.getLabel()))
        .or(() -> instant("onsetAt", detection.getOnsetAt(), now))
        .or(() -> instant("endAt", detection.getEndAt(), now))
        .or(() -> clock(detection.getClock()))
        .or(
            () ->
                detection.getOnsetSigmaMicros() < 0
                    ? Optional.of(
                        "onsetSigmaMicros is "
                            + detection.getOnsetSigmaMicros()
                            + "; a standard deviation is 0 or more")
                    : Optional.empty())
        .or(() -> probability("probability", detection.getProbability()));
  }

  /** The problem of a pattern: labels, time, distance, probability. */
  public static Optional<String> problemOf(DistressPattern pattern) {
    if (pattern.getLabels().isEmpty()) {
      return Optional.of("labels is empty; a pattern wants at least one label");
    }
    if (pattern.getLabels().stream().distinct().count() != pattern.getLabels().size()) {
      return Optional.of("labels " + pattern.getLabels() + " names one twice; name each once");
    }
    if (pattern.getMinimumSensors() < 1) {
      return Optional.of("minimumSensors is " + pattern.getMinimumSensors() + "; 1 or more");
    }
    return pattern.getLabels().stream()
        .flatMap(alternatives -> Stream.of(alternatives.split("\\|", -1)))
        .map(Plausibility::label)
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> within("withinMillis", (double) pattern.getWithinMillis(), 0, 600_000, "ms"))
        .or(() -> within("withinMetres", pattern.getWithinMetres(), 0, 10_000, "metres"))
        .or(() -> probability("minimumProbability", pattern.getMinimumProbability()));
  }

  /** The problem of a pattern's false-alarm rates: nothing listened to, or steps out of order. */
  public static Optional<String> problemOf(FalseAlarmRates rates) {
    // Written so that NaN fails.
    if (!(rates.getSensorDays() > 0)) {
      return Optional.of("sensorDays is " + rates.getSensorDays() + "; above 0");
    }
    FalseAlarmStep before = null;
    for (FalseAlarmStep step : rates.getSteps()) {
      Optional<String> problem = probability("probability", step.getProbability());
      if (problem.isPresent()) {
        return problem;
      }
      if (step.getAlerts() < 1
          || (before != null
              && (step.getProbability() <= before.getProbability()
                  || step.getAlerts() >= before.getAlerts()))) {
        return Optional.of(
            "steps has %d alerts from %s on; probabilities must rise and numbers fall, to 1 or more"
                .formatted(step.getAlerts(), step.getProbability()));
      }
      before = step;
    }
    return Optional.empty();
  }

  /** The problem of coordinates: NaN, infinite or outside WGS 84's range. */
  public static Optional<String> place(Place place) {
    return within("latitudeDegrees", place.getLatitudeDegrees(), -90, 90, "degrees")
        .or(() -> within("longitudeDegrees", place.getLongitudeDegrees(), -180, 180, "degrees"));
  }

  private static Optional<String> samples(AudioFrame frame) {
    int bytes = frame.getSamples().remaining();
    if (frame.getEncoding() == AudioEncoding.UNKNOWN) {
      return Optional.of("encoding is UNKNOWN to this build; send PCM_S16LE or FLAC");
    }
    if (bytes == 0) {
      return Optional.of("samples is empty; send no frame when there is no audio");
    }
    long mostBytes =
        LONGEST_FRAME.toSeconds() * frame.getSampleRateHertz() * (long) PCM_BYTES_PER_SAMPLE;
    if (bytes > mostBytes) {
      return Optional.of(
          "samples has "
              + bytes
              + " bytes; a frame holds "
              + LONGEST_FRAME.toSeconds()
              + " s at the most ("
              + mostBytes
              + " bytes at "
              + frame.getSampleRateHertz()
              + " Hz)");
    }
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE && bytes % PCM_BYTES_PER_SAMPLE != 0) {
      return Optional.of("samples has " + bytes + " bytes; 16-bit PCM has an even number");
    }
    return Optional.empty();
  }

  private static Optional<String> location(Location location) {
    return place(location.getPlace())
        .or(
            () ->
                within(
                    "semiMajorMetres",
                    location.getEllipse().getSemiMajorMetres(),
                    0,
                    1e7,
                    "metres"))
        .or(
            () ->
                within(
                    "semiMinorMetres",
                    location.getEllipse().getSemiMinorMetres(),
                    0,
                    1e7,
                    "metres"));
  }

  private static Optional<String> keyed(@Nullable String key, String field, String id) {
    return id.equals(key)
        ? Optional.empty()
        : Optional.of(
            field + " is " + id + " but the record's key is " + key + "; they must agree");
  }

  private static Optional<String> sensorId(String id) {
    return SENSOR_ID.matcher(id).matches()
        ? Optional.empty()
        : Optional.of("sensorId is '" + id + "'; 1 to 128 letters, digits and . _ : -");
  }

  private static Optional<String> label(String label) {
    return LABEL.matcher(label).matches()
        ? Optional.empty()
        : Optional.of("label is '" + label + "'; 1 to 64 letters, digits and . _ -");
  }

  private static Optional<String> clock(Clock clock) {
    return clock.getUncertaintyMicros() < 0
        ? Optional.of(
            "clock.uncertaintyMicros is "
                + clock.getUncertaintyMicros()
                + "; a standard deviation is 0 or more")
        : Optional.empty();
  }

  private static Optional<String> probability(String field, double value) {
    return within(field, value, 0, 1, "as a probability");
  }

  private static Optional<String> instant(String field, Instant value, Instant now) {
    if (value.isBefore(EARLIEST)) {
      return Optional.of(
          field + " is " + value + ", before " + EARLIEST + "; set the sensor's clock");
    }
    if (value.isAfter(now.plus(AHEAD))) {
      return Optional.of(
          field + " is " + value + ", over an hour ahead of " + now + "; set the sensor's clock");
    }
    return Optional.empty();
  }

  private static Optional<String> within(
      String field, double value, double least, double most, String unit) {
    // Written so that NaN fails.
    return value >= least && value <= most
        ? Optional.empty()
        : Optional.of(
            field
                + " is "
                + value
                + "; from "
                + least
                + " to "
                + most
                + " "
                + unit
                + " is allowed");
  }
}
