package io.tocsin.schema;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.DistressPattern;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.Review;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorKeys;
import io.tocsin.schema.avro.SensorStatus;
import io.tocsin.schema.avro.SoundEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every topic of Tocsin. asyncapi.yaml describes the same catalogue for other languages. */
public final class Topics {

  public static final Topic<Sensor> SENSORS =
      new Topic<>("tocsin.sensors.v1", Sensor.class, Sensor::getSensorId, compacted());

  /** Ten seconds of 48 kHz 16-bit audio are 960 kB, just under Kafka's default of 1 MiB. */
  public static final Topic<AudioFrame> AUDIO_FRAMES =
      new Topic<>(
          "tocsin.audio-frames.v1",
          AudioFrame.class,
          AudioFrame::getSensorId,
          Map.of(
              CLEANUP_POLICY_CONFIG,
              CLEANUP_POLICY_DELETE,
              RETENTION_MS_CONFIG,
              millis(Duration.ofHours(6)),
              MAX_MESSAGE_BYTES_CONFIG,
              Integer.toString(4 << 20)));

  public static final Topic<AudioEmbedding> AUDIO_EMBEDDINGS =
      new Topic<>(
          "tocsin.audio-embeddings.v1",
          AudioEmbedding.class,
          AudioEmbedding::getSensorId,
          deleted(Duration.ofDays(2)));

  public static final Topic<Heartbeat> HEARTBEATS =
      new Topic<>(
          "tocsin.heartbeats.v1",
          Heartbeat.class,
          Heartbeat::getSensorId,
          deleted(Duration.ofDays(2)));

  public static final Topic<Detection> DETECTIONS =
      new Topic<>(
          "tocsin.detections.v1",
          Detection.class,
          Detection::getSensorId,
          deleted(Duration.ofDays(30)));

  /** Detections of a bundle on trial, scored beside the one in use; no alert comes of them. */
  public static final Topic<Detection> SHADOW_DETECTIONS =
      new Topic<>(
          "tocsin.detections.shadow.v1",
          Detection.class,
          Detection::getSensorId,
          deleted(Duration.ofDays(7)));

  public static final Topic<SoundEvent> SOUND_EVENTS =
      new Topic<>(
          "tocsin.sound-events.v1",
          SoundEvent.class,
          SoundEvent::getEventId,
          deleted(Duration.ofDays(30)));

  public static final Topic<DistressAlert> DISTRESS_ALERTS =
      new Topic<>(
          "tocsin.distress-alerts.v1",
          DistressAlert.class,
          DistressAlert::getAlertId,
          Map.of(
              CLEANUP_POLICY_CONFIG,
              CLEANUP_POLICY_COMPACT + "," + CLEANUP_POLICY_DELETE,
              RETENTION_MS_CONFIG,
              millis(Duration.ofDays(365))));

  public static final Topic<DistressPattern> PATTERNS =
      new Topic<>(
          "tocsin.patterns.v1", DistressPattern.class, DistressPattern::getPatternId, compacted());

  public static final Topic<FalseAlarmRates> FALSE_ALARMS =
      new Topic<>(
          "tocsin.false-alarms.v1",
          FalseAlarmRates.class,
          FalseAlarmRates::getPatternId,
          compacted());

  public static final Topic<Review> REVIEWS =
      new Topic<>("tocsin.reviews.v1", Review.class, Review::getAlertId, compacted());

  public static final Topic<SensorStatus> SENSOR_STATUS =
      new Topic<>(
          "tocsin.sensor-status.v1", SensorStatus.class, SensorStatus::getSensorId, compacted());

  /** By which records of sensors are believed; the fleet's administrator alone may write it. */
  public static final Topic<SensorKeys> SENSOR_KEYS =
      new Topic<>("tocsin.sensor-keys.v1", SensorKeys.class, SensorKeys::getSensorId, compacted());

  /** Settings of every dead-letter topic. */
  static final Map<String, String> DLQ_SETTINGS =
      Map.of(
          CLEANUP_POLICY_CONFIG,
          CLEANUP_POLICY_DELETE,
          RETENTION_MS_CONFIG,
          millis(Duration.ofDays(30)),
          MAX_MESSAGE_BYTES_CONFIG,
          Integer.toString(5 << 20));

  private static final List<Topic<?>> ALL =
      List.of(
          SENSORS,
          AUDIO_FRAMES,
          AUDIO_EMBEDDINGS,
          HEARTBEATS,
          DETECTIONS,
          SHADOW_DETECTIONS,
          SOUND_EVENTS,
          DISTRESS_ALERTS,
          PATTERNS,
          FALSE_ALARMS,
          REVIEWS,
          SENSOR_STATUS,
          SENSOR_KEYS);

  private Topics() {}

  /** All topics in the order of the data's way; dead-letter topics not counted. */
  public static List<Topic<?>> all() {
    return ALL;
  }

  /** The topic of that name, without dead-letter topics. */
  public static Optional<Topic<?>> byName(String name) {
    return ALL.stream().filter(t -> t.name().equals(name)).<Topic<?>>map(t -> t).findFirst();
  }

  private static Map<String, String> compacted() {
    return Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT);
  }

  private static Map<String, String> deleted(Duration retention) {
    return Map.of(
        CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, millis(retention));
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
