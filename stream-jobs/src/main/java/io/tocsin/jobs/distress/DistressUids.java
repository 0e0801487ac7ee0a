package io.tocsin.jobs.distress;

/** Operator ids of DistressJob: savepoints find their state by them, so they never change. */
final class DistressUids {

  static final String DETECTIONS = "detections";
  static final String DETECTIONS_SPLIT = "detections-split";
  static final String SENSORS = "sensors";
  static final String SENSORS_SPLIT = "sensors-split";
  static final String SENSOR_CHANGES = "sensor-changes";
  static final String PATTERNS = "patterns";
  static final String PATTERNS_SPLIT = "patterns-split";
  static final String FALSE_ALARMS = "false-alarms";
  static final String FALSE_ALARMS_SPLIT = "false-alarms-split";
  static final String REGISTERED = "registered";
  static final String RATE = "rate";
  static final String TO_CELLS = "to-cells";
  static final String ASSOCIATE = "associate";
  static final String ALERTS = "alerts";
  static final String SOUND_EVENTS = "sound-events";
  static final String SAID_ALERTS = "said-alerts";
  static final String SAID_ALERTS_SPLIT = "said-alerts-split";
  static final String SAID_ALERTS_TO_CELLS = "said-alerts-to-cells";
  static final String DEAD_LETTERS = "dead-letters";

  private DistressUids() {}
}
