package io.tocsin.stack.security;

import io.tocsin.schema.Topics;
import java.util.List;
import org.apache.kafka.common.acl.AclBinding;

/** The principals that every secured stack has, beside its sensors. */
public enum Role {
  /** Creates topics, grants rights, adds sensors; Kafka asks it for no right. */
  ADMIN("tocsin-admin"),
  SCORING("tocsin-scoring"),
  DISTRESS("tocsin-distress"),
  HEALTH("tocsin-sensor-health"),
  SINK("tocsin-sink"),
  EVIDENCE("tocsin-evidence"),
  /** Whoever is to hear of alerts: no audio, and nothing is written. */
  ANALYST("tocsin-analyst");

  private final String user;

  Role(String user) {
    this.user = user;
  }

  /** Its name in Kafka. */
  public String user() {
    return user;
  }

  /** What it may do. */
  public List<AclBinding> rights() {
    Rights rights = new Rights(user);
    Rights granted =
        switch (this) {
          case ADMIN -> rights;
          case SCORING ->
              rights
                  .reads(
                      Topics.AUDIO_FRAMES,
                      Topics.AUDIO_EMBEDDINGS,
                      Topics.SENSORS,
                      Topics.SENSOR_KEYS)
                  .writes(Topics.DETECTIONS, Topics.SHADOW_DETECTIONS)
                  .writesDeadLettersOf(Topics.AUDIO_FRAMES, Topics.AUDIO_EMBEDDINGS, Topics.SENSORS)
                  .group("tocsin-scoring")
                  .transactions("tocsin-scoring-");
          case DISTRESS ->
              rights
                  .reads(
                      Topics.DETECTIONS,
                      Topics.SENSORS,
                      Topics.PATTERNS,
                      Topics.FALSE_ALARMS,
                      Topics.DISTRESS_ALERTS,
                      Topics.SENSOR_KEYS)
                  .writes(Topics.DISTRESS_ALERTS, Topics.SOUND_EVENTS)
                  .writesDeadLettersOf(
                      Topics.DETECTIONS,
                      Topics.SENSORS,
                      Topics.PATTERNS,
                      Topics.FALSE_ALARMS,
                      Topics.DISTRESS_ALERTS)
                  .group("tocsin-distress")
                  .transactions("tocsin-distress-");
          case HEALTH ->
              rights
                  .reads(Topics.HEARTBEATS, Topics.DETECTIONS, Topics.SENSOR_KEYS)
                  .writes(Topics.SENSOR_STATUS)
                  .writesDeadLettersOf(Topics.HEARTBEATS, Topics.DETECTIONS)
                  .group("tocsin-sensor-health")
                  .ownTopics("tocsin-sensor-health-")
                  .transactions("tocsin-sensor-health-");
          case SINK ->
              rights
                  .reads(
                      Topics.SENSORS,
                      Topics.DETECTIONS,
                      Topics.SOUND_EVENTS,
                      Topics.DISTRESS_ALERTS,
                      Topics.REVIEWS,
                      Topics.SENSOR_STATUS,
                      Topics.PATTERNS,
                      Topics.SENSOR_KEYS)
                  .readsDeadLetters()
                  .writesDeadLettersOf(
                      Topics.SENSORS,
                      Topics.DETECTIONS,
                      Topics.SOUND_EVENTS,
                      Topics.DISTRESS_ALERTS,
                      Topics.REVIEWS,
                      Topics.SENSOR_STATUS,
                      Topics.PATTERNS)
                  .group("tocsin-sink");
          case EVIDENCE ->
              rights
                  .reads(Topics.DISTRESS_ALERTS, Topics.AUDIO_FRAMES, Topics.SENSOR_KEYS)
                  .writesDeadLettersOf(Topics.DISTRESS_ALERTS, Topics.AUDIO_FRAMES)
                  .group("tocsin-evidence");
          case ANALYST ->
              rights
                  .reads(
                      Topics.DISTRESS_ALERTS,
                      Topics.SOUND_EVENTS,
                      Topics.DETECTIONS,
                      Topics.SENSOR_STATUS)
                  .groupsFrom("analyst-");
        };
    return granted.bindings();
  }
}
