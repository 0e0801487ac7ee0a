-- The archive of Tocsin. The sink writes it; analysts read it through the role tocsin_analyst.
-- Topics arrive in no common order, so no table refers to another by a foreign key.

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

COMMENT ON SCHEMA tocsin IS
  'Acoustic monitoring: sensors, what they heard, and the alerts raised. Times are timestamptz with microseconds; places are geography, WGS 84 (SRID 4326); units stand in column names: _m metres, _us microseconds, _ms milliseconds, _deg degrees, _dbfs decibels below full scale.';

CREATE TABLE tocsin.sensor (
  sensor_id                   text PRIMARY KEY,
  place                       geography(Point, 4326) NOT NULL,
  altitude_m                  double precision,
  accuracy_m                  double precision,
  audible_radius_m            double precision NOT NULL,
  microphone_sensitivity_dbfs double precision,
  firmware                    text NOT NULL,
  registered_at               timestamptz NOT NULL
);
CREATE INDEX sensor_place ON tocsin.sensor USING gist (place);
COMMENT ON TABLE tocsin.sensor IS 'One row a sensor: the registration in force (topic tocsin.sensors.v1).';
COMMENT ON COLUMN tocsin.sensor.sensor_id IS 'Id of the sensor in the fleet.';
COMMENT ON COLUMN tocsin.sensor.place IS 'Where the microphone is.';
COMMENT ON COLUMN tocsin.sensor.altitude_m IS 'Height above the WGS 84 ellipsoid in metres; null when not surveyed.';
COMMENT ON COLUMN tocsin.sensor.accuracy_m IS 'One standard deviation of the horizontal position in metres; null when not stated.';
COMMENT ON COLUMN tocsin.sensor.audible_radius_m IS 'Distance in metres up to which a cry is usually heard.';
COMMENT ON COLUMN tocsin.sensor.microphone_sensitivity_dbfs IS 'Level that a tone of 94 dB SPL gives; null when not calibrated.';
COMMENT ON COLUMN tocsin.sensor.firmware IS 'Firmware or producer version.';
COMMENT ON COLUMN tocsin.sensor.registered_at IS 'When this registration was made, on the sensor''s clock.';

CREATE TABLE tocsin.sensor_place_history (
  sensor_id  text NOT NULL,
  since      timestamptz NOT NULL,
  place      geography(Point, 4326) NOT NULL,
  altitude_m double precision,
  accuracy_m double precision,
  PRIMARY KEY (sensor_id, since)
);
COMMENT ON TABLE tocsin.sensor_place_history IS 'Every place a sensor has been at; a row is in force until the sensor''s next one.';
COMMENT ON COLUMN tocsin.sensor_place_history.sensor_id IS 'The sensor.';
COMMENT ON COLUMN tocsin.sensor_place_history.since IS 'Time of the first registration from this place.';
COMMENT ON COLUMN tocsin.sensor_place_history.place IS 'Where the microphone was.';
COMMENT ON COLUMN tocsin.sensor_place_history.altitude_m IS 'Height above the ellipsoid in metres; null when not surveyed.';
COMMENT ON COLUMN tocsin.sensor_place_history.accuracy_m IS 'One standard deviation of the position in metres; null when not stated.';

CREATE TABLE tocsin.detection (
  detection_id         text NOT NULL,
  sensor_id            text NOT NULL,
  place                geography(Point, 4326) NOT NULL,
  altitude_m           double precision,
  accuracy_m           double precision,
  label                text NOT NULL,
  probability          double precision NOT NULL,
  score                real NOT NULL,
  onset_at             timestamptz NOT NULL,
  onset_sigma_us       bigint NOT NULL,
  ended_at             timestamptz NOT NULL,
  level_dbfs           real NOT NULL,
  clock_source         text NOT NULL,
  clock_uncertainty_us bigint NOT NULL,
  model_id             text NOT NULL,
  model_version        text NOT NULL,
  model_digest         text NOT NULL,
  evidence             jsonb,
  published_at         timestamptz NOT NULL,
  PRIMARY KEY (onset_at, detection_id)
) PARTITION BY RANGE (onset_at);
CREATE INDEX detection_place ON tocsin.detection USING gist (place);
CREATE INDEX detection_onset ON tocsin.detection USING brin (onset_at);
CREATE INDEX detection_sensor ON tocsin.detection (sensor_id, onset_at);
CREATE TABLE tocsin.detection_default PARTITION OF tocsin.detection DEFAULT;
COMMENT ON TABLE tocsin.detection IS 'One row a sound recognised at one sensor (topic tocsin.detections.v1); a partition a UTC day of onset_at.';
COMMENT ON TABLE tocsin.detection_default IS 'Detections of days without a partition of their own, such as a replay of old recordings.';
COMMENT ON COLUMN tocsin.detection.detection_id IS 'Hash of sensor, label, onset and model; a replay has the same id.';
COMMENT ON COLUMN tocsin.detection.sensor_id IS 'The sensor that heard it.';
COMMENT ON COLUMN tocsin.detection.place IS 'Where that sensor was.';
COMMENT ON COLUMN tocsin.detection.altitude_m IS 'Height of the sensor above the ellipsoid in metres; null when not surveyed.';
COMMENT ON COLUMN tocsin.detection.accuracy_m IS 'One standard deviation of its position in metres; null when not stated.';
COMMENT ON COLUMN tocsin.detection.label IS 'What was heard, a label of the model.';
COMMENT ON COLUMN tocsin.detection.probability IS 'Calibrated probability that the label is right, 0 to 1.';
COMMENT ON COLUMN tocsin.detection.score IS 'The model''s raw score at its highest window.';
COMMENT ON COLUMN tocsin.detection.onset_at IS 'When the sound reached the sensor, on the sensor''s clock.';
COMMENT ON COLUMN tocsin.detection.onset_sigma_us IS 'One standard deviation of onset_at in microseconds, clock not included.';
COMMENT ON COLUMN tocsin.detection.ended_at IS 'End of its last window.';
COMMENT ON COLUMN tocsin.detection.level_dbfs IS 'Root-mean-square level of its loudest window in dBFS.';
COMMENT ON COLUMN tocsin.detection.clock_source IS 'Discipline of the sensor''s clock: GPS, PTP, NTP, FREE or UNKNOWN.';
COMMENT ON COLUMN tocsin.detection.clock_uncertainty_us IS 'One standard deviation of the clock''s error in microseconds.';
COMMENT ON COLUMN tocsin.detection.model_id IS 'Id of the model bundle.';
COMMENT ON COLUMN tocsin.detection.model_version IS 'Version of the model bundle.';
COMMENT ON COLUMN tocsin.detection.model_digest IS 'SHA-256 of the model bundle.';
COMMENT ON COLUMN tocsin.detection.evidence IS 'Where the audio lies: {topic, bootId, firstSequence, lastSequence}; null when there is none. The audio itself is never stored here.';
COMMENT ON COLUMN tocsin.detection.published_at IS 'Timestamp of its Kafka record.';

CREATE TABLE tocsin.sound_event (
  event_id              text PRIMARY KEY,
  revision              integer NOT NULL,
  label                 text NOT NULL,
  origin_at             timestamptz NOT NULL,
  origin_sigma_us       bigint NOT NULL,
  place                 geography(Point, 4326) NOT NULL,
  ellipse               geography(Polygon, 4326) NOT NULL,
  semi_major_m          double precision NOT NULL,
  semi_minor_m          double precision NOT NULL,
  azimuth_deg           double precision NOT NULL,
  method                text NOT NULL,
  azimuthal_gap_deg     double precision,
  picks                 jsonb NOT NULL,
  silent_sensors        text[] NOT NULL,
  log_likelihood_ratio  double precision NOT NULL,
  published_at          timestamptz NOT NULL
);
CREATE INDEX sound_event_place ON tocsin.sound_event USING gist (place);
CREATE INDEX sound_event_origin ON tocsin.sound_event (origin_at);
COMMENT ON TABLE tocsin.sound_event IS 'One row a physical sound heard by one or more sensors, at its highest revision (topic tocsin.sound-events.v1).';
COMMENT ON COLUMN tocsin.sound_event.event_id IS 'Hash of the label and the earliest detection.';
COMMENT ON COLUMN tocsin.sound_event.revision IS 'Grows with every change; only a higher one replaces a row.';
COMMENT ON COLUMN tocsin.sound_event.label IS 'What was heard.';
COMMENT ON COLUMN tocsin.sound_event.origin_at IS 'When the sound left its source.';
COMMENT ON COLUMN tocsin.sound_event.origin_sigma_us IS 'One standard deviation of origin_at in microseconds.';
COMMENT ON COLUMN tocsin.sound_event.place IS 'Its most likely point, or the centre of its region (see method).';
COMMENT ON COLUMN tocsin.sound_event.ellipse IS 'The 95 % error ellipse as a polygon of 36 vertices.';
COMMENT ON COLUMN tocsin.sound_event.semi_major_m IS 'Semi-major axis of the ellipse in metres.';
COMMENT ON COLUMN tocsin.sound_event.semi_minor_m IS 'Semi-minor axis of the ellipse in metres.';
COMMENT ON COLUMN tocsin.sound_event.azimuth_deg IS 'Azimuth of the major axis, degrees clockwise from true north.';
COMMENT ON COLUMN tocsin.sound_event.method IS 'MULTILATERATION gives a point; HYPERBOLIC_REGION and AUDIBLE_REGION give regions whose centre is no estimate.';
COMMENT ON COLUMN tocsin.sound_event.azimuthal_gap_deg IS 'Widest angle at the source without a sensor that heard it; null for a region.';
COMMENT ON COLUMN tocsin.sound_event.picks IS 'Its detections: [{detectionId, sensorId, onsetAt, residualMicros, probability}] by onset.';
COMMENT ON COLUMN tocsin.sound_event.silent_sensors IS 'Sensors in range that reported nothing.';
COMMENT ON COLUMN tocsin.sound_event.log_likelihood_ratio IS 'Natural logarithm of the evidence for a real sound over chance.';
COMMENT ON COLUMN tocsin.sound_event.published_at IS 'Timestamp of the Kafka record of this revision.';

CREATE TABLE tocsin.distress_alert (
  alert_id             text PRIMARY KEY,
  revision             integer NOT NULL,
  state                text NOT NULL,
  pattern_id           text NOT NULL,
  severity             text NOT NULL,
  probability          double precision NOT NULL,
  false_alarms_per_day double precision,
  place                geography(Point, 4326) NOT NULL,
  ellipse              geography(Polygon, 4326) NOT NULL,
  semi_major_m         double precision NOT NULL,
  semi_minor_m         double precision NOT NULL,
  azimuth_deg          double precision NOT NULL,
  method               text NOT NULL,
  azimuthal_gap_deg    double precision,
  started_at           timestamptz NOT NULL,
  ended_at             timestamptz NOT NULL,
  explanation          text NOT NULL,
  events               jsonb NOT NULL,
  labels               text[] NOT NULL,
  opened_at            timestamptz NOT NULL,
  published_at         timestamptz NOT NULL,
  closed_at            timestamptz
);
CREATE INDEX distress_alert_place ON tocsin.distress_alert USING gist (place);
CREATE INDEX distress_alert_ellipse ON tocsin.distress_alert USING gist (ellipse);
CREATE INDEX distress_alert_started ON tocsin.distress_alert (started_at);
COMMENT ON TABLE tocsin.distress_alert IS 'One row an alert, at its highest revision (topic tocsin.distress-alerts.v1).';
COMMENT ON COLUMN tocsin.distress_alert.alert_id IS 'Hash of the pattern and the anchor detection.';
COMMENT ON COLUMN tocsin.distress_alert.revision IS 'Grows with every change; only a higher one replaces a row.';
COMMENT ON COLUMN tocsin.distress_alert.state IS 'OPEN, UPDATED, CLOSED or RETRACTED.';
COMMENT ON COLUMN tocsin.distress_alert.pattern_id IS 'The pattern that matched.';
COMMENT ON COLUMN tocsin.distress_alert.severity IS 'LOW, MEDIUM, HIGH or CRITICAL, the pattern''s.';
COMMENT ON COLUMN tocsin.distress_alert.probability IS 'Probability that the alert is true, 0 to 1.';
COMMENT ON COLUMN tocsin.distress_alert.false_alarms_per_day IS 'Expected chance alerts at least as strong, whole fleet, per day; null until known.';
COMMENT ON COLUMN tocsin.distress_alert.place IS 'Its most likely point, or the centre of its region (see method).';
COMMENT ON COLUMN tocsin.distress_alert.ellipse IS 'The 95 % error ellipse as a polygon of 36 vertices.';
COMMENT ON COLUMN tocsin.distress_alert.semi_major_m IS 'Semi-major axis of the ellipse in metres.';
COMMENT ON COLUMN tocsin.distress_alert.semi_minor_m IS 'Semi-minor axis of the ellipse in metres.';
COMMENT ON COLUMN tocsin.distress_alert.azimuth_deg IS 'Azimuth of the major axis, degrees clockwise from true north.';
COMMENT ON COLUMN tocsin.distress_alert.method IS 'MULTILATERATION gives a point; HYPERBOLIC_REGION and AUDIBLE_REGION give regions whose centre is no estimate.';
COMMENT ON COLUMN tocsin.distress_alert.azimuthal_gap_deg IS 'Widest angle at the source without a sensor that heard it; null for a region.';
COMMENT ON COLUMN tocsin.distress_alert.started_at IS 'Origin time of its first sound.';
COMMENT ON COLUMN tocsin.distress_alert.ended_at IS 'End of its last sound so far.';
COMMENT ON COLUMN tocsin.distress_alert.explanation IS 'One sentence: what was heard where and when, by how many sensors.';
COMMENT ON COLUMN tocsin.distress_alert.events IS 'Its sound events: [{eventId, label, originAt, latitudeDegrees, longitudeDegrees, detectionIds}] by origin time.';
COMMENT ON COLUMN tocsin.distress_alert.labels IS 'The distinct labels of its events, sorted.';
COMMENT ON COLUMN tocsin.distress_alert.opened_at IS 'Timestamp of the Kafka record of the first revision seen.';
COMMENT ON COLUMN tocsin.distress_alert.published_at IS 'Timestamp of the Kafka record of this revision.';
COMMENT ON COLUMN tocsin.distress_alert.closed_at IS 'Timestamp of the Kafka record that closed or retracted it; null while open.';

CREATE TABLE tocsin.alert_detection (
  alert_id     text NOT NULL,
  detection_id text NOT NULL,
  event_id     text NOT NULL,
  label        text NOT NULL,
  PRIMARY KEY (alert_id, detection_id)
);
CREATE INDEX alert_detection_detection ON tocsin.alert_detection (detection_id);
COMMENT ON TABLE tocsin.alert_detection IS 'Which detections an alert rests on, at its highest revision.';
COMMENT ON COLUMN tocsin.alert_detection.alert_id IS 'The alert.';
COMMENT ON COLUMN tocsin.alert_detection.detection_id IS 'The detection.';
COMMENT ON COLUMN tocsin.alert_detection.event_id IS 'The sound event that it belongs to.';
COMMENT ON COLUMN tocsin.alert_detection.label IS 'Label of that event.';

CREATE TABLE tocsin.sensor_status (
  sensor_id            text PRIMARY KEY,
  state                text NOT NULL,
  reason               text NOT NULL,
  since                timestamptz NOT NULL,
  last_seen_at         timestamptz NOT NULL,
  clock_source         text NOT NULL,
  clock_uncertainty_us bigint NOT NULL,
  clock_offset_ms      bigint NOT NULL,
  level_dbfs           real,
  spool_age_ms         bigint NOT NULL,
  detections_per_hour  jsonb NOT NULL
);
COMMENT ON TABLE tocsin.sensor_status IS 'Health of each sensor as last reported (topic tocsin.sensor-status.v1). Heartbeats themselves are not stored.';
COMMENT ON COLUMN tocsin.sensor_status.sensor_id IS 'The sensor.';
COMMENT ON COLUMN tocsin.sensor_status.state IS 'ONLINE, LATE, SILENT or FAULTY.';
COMMENT ON COLUMN tocsin.sensor_status.reason IS 'Why, in words; empty when ONLINE.';
COMMENT ON COLUMN tocsin.sensor_status.since IS 'When this state began.';
COMMENT ON COLUMN tocsin.sensor_status.last_seen_at IS 'Last heartbeat, on the broker''s clock.';
COMMENT ON COLUMN tocsin.sensor_status.clock_source IS 'Discipline of its clock: GPS, PTP, NTP, FREE or UNKNOWN.';
COMMENT ON COLUMN tocsin.sensor_status.clock_uncertainty_us IS 'One standard deviation of the clock''s error in microseconds.';
COMMENT ON COLUMN tocsin.sensor_status.clock_offset_ms IS 'Sensor clock minus broker clock in milliseconds, transport included.';
COMMENT ON COLUMN tocsin.sensor_status.level_dbfs IS 'Level at the last heartbeat in dBFS; null when nothing was captured.';
COMMENT ON COLUMN tocsin.sensor_status.spool_age_ms IS 'Age of its oldest unsent record in milliseconds.';
COMMENT ON COLUMN tocsin.sensor_status.detections_per_hour IS 'Detections over the last hour: {label: number}.';

CREATE TABLE tocsin.review (
  alert_id    text PRIMARY KEY,
  verdict     text NOT NULL,
  reviewer    text NOT NULL,
  note        text NOT NULL,
  reviewed_at timestamptz NOT NULL
);
COMMENT ON TABLE tocsin.review IS 'The verdict in force of a person on an alert (topic tocsin.reviews.v1).';
COMMENT ON COLUMN tocsin.review.alert_id IS 'The alert.';
COMMENT ON COLUMN tocsin.review.verdict IS 'TRUE_DISTRESS, FALSE_ALARM or UNCLEAR.';
COMMENT ON COLUMN tocsin.review.reviewer IS 'Who judged.';
COMMENT ON COLUMN tocsin.review.note IS 'Free text.';
COMMENT ON COLUMN tocsin.review.reviewed_at IS 'When.';

CREATE TABLE tocsin.pattern (
  pattern_id          text PRIMARY KEY,
  labels              text[] NOT NULL,
  within_ms           bigint NOT NULL,
  within_m            double precision NOT NULL,
  minimum_probability double precision NOT NULL,
  minimum_sensors     integer NOT NULL,
  severity            text NOT NULL,
  enabled             boolean NOT NULL
);
COMMENT ON TABLE tocsin.pattern IS 'The patterns in force: which sounds together mean distress (topic tocsin.patterns.v1).';
COMMENT ON COLUMN tocsin.pattern.pattern_id IS 'Id of the pattern.';
COMMENT ON COLUMN tocsin.pattern.labels IS 'Labels that must all be heard.';
COMMENT ON COLUMN tocsin.pattern.within_ms IS 'Longest time between the first and the last origin in milliseconds.';
COMMENT ON COLUMN tocsin.pattern.within_m IS 'Largest distance between the events in metres, beyond their ellipses.';
COMMENT ON COLUMN tocsin.pattern.minimum_probability IS 'Lowest probability of an alert, 0 to 1.';
COMMENT ON COLUMN tocsin.pattern.minimum_sensors IS 'Fewest distinct sensors of an alert.';
COMMENT ON COLUMN tocsin.pattern.severity IS 'Severity of its alerts.';
COMMENT ON COLUMN tocsin.pattern.enabled IS 'False while suspended.';

CREATE TABLE tocsin.dead_letter (
  topic       text NOT NULL,
  partition   integer NOT NULL,
  "offset"    bigint NOT NULL,
  key         bytea,
  value       bytea,
  value_bytes bigint,
  headers     jsonb NOT NULL,
  part        text NOT NULL,
  stage       text NOT NULL,
  error_class text NOT NULL,
  reason      text NOT NULL,
  seen_at     timestamptz NOT NULL,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX dead_letter_seen ON tocsin.dead_letter (seen_at);
COMMENT ON TABLE tocsin.dead_letter IS 'Records that some part refused: those of the sink and those read from every dead-letter topic, one row a refused record.';
COMMENT ON COLUMN tocsin.dead_letter.topic IS 'Topic of the refused record; the dead-letter topic itself when the letter does not name its source.';
COMMENT ON COLUMN tocsin.dead_letter.partition IS 'Partition of the refused record.';
COMMENT ON COLUMN tocsin.dead_letter."offset" IS 'Offset of the refused record.';
COMMENT ON COLUMN tocsin.dead_letter.key IS 'Its key as it came.';
COMMENT ON COLUMN tocsin.dead_letter.value IS 'Its value as it came; null when it had none and for the audio topics, for audio is never stored here (the dead-letter topic holds it).';
COMMENT ON COLUMN tocsin.dead_letter.value_bytes IS 'Length of its value in bytes; null when it had none.';
COMMENT ON COLUMN tocsin.dead_letter.headers IS 'Its headers in order: [{name, text}] or [{name, base64}] where the value is not UTF-8.';
COMMENT ON COLUMN tocsin.dead_letter.part IS 'The part that refused it, such as tocsin-sink; empty when unknown.';
COMMENT ON COLUMN tocsin.dead_letter.stage IS 'What that part was doing: DECODE, CHECK or WRITE; empty when unknown.';
COMMENT ON COLUMN tocsin.dead_letter.error_class IS 'Java class of the error; empty when unknown.';
COMMENT ON COLUMN tocsin.dead_letter.reason IS 'The error in words.';
COMMENT ON COLUMN tocsin.dead_letter.seen_at IS 'Timestamp of the Kafka record: the refused one where the sink refused it, else its dead letter.';

CREATE TABLE tocsin.consumer_offset (
  group_id    text NOT NULL,
  topic       text NOT NULL,
  partition   integer NOT NULL,
  next_offset bigint,
  fence       bigint NOT NULL,
  PRIMARY KEY (group_id, topic, partition)
);
COMMENT ON TABLE tocsin.consumer_offset IS 'How far each sink group has written each partition; changed in the transaction that writes the rows, so both are true or neither.';
COMMENT ON COLUMN tocsin.consumer_offset.group_id IS 'Consumer group of the sink.';
COMMENT ON COLUMN tocsin.consumer_offset.topic IS 'Topic.';
COMMENT ON COLUMN tocsin.consumer_offset.partition IS 'Partition.';
COMMENT ON COLUMN tocsin.consumer_offset.next_offset IS 'Offset of the next record to write; null before the first.';
COMMENT ON COLUMN tocsin.consumer_offset.fence IS 'Grows whenever a sink takes the partition; a sink that holds an older number may write nothing.';
