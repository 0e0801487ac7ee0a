-- A made-up archive for measurements and tests: sensors on a jittered grid around Berlin, sounds heard by their
-- nearest sensors, alerts of two sounds each, reviews, and single detections as noise. Its size comes from settings:
-- fleet.sensors, fleet.detections, fleet.events, fleet.alerts, fleet.days, fleet.until. The same settings give the same rows.
SELECT setseed(0.42);

CREATE TEMP TABLE fleet ON COMMIT PRESERVE ROWS AS
SELECT current_setting('fleet.sensors')::integer AS sensors, current_setting('fleet.detections')::bigint AS detections,
       current_setting('fleet.events')::integer AS events, current_setting('fleet.alerts')::integer AS alerts,
       current_setting('fleet.days')::integer AS days, current_setting('fleet.until')::timestamptz AS until,
       ARRAY['glass_shatter', 'shout_scream', 'gunshot', 'siren', 'car_alarm', 'dog_bark', 'explosion', 'crying'] AS labels;

SELECT tocsin.make_detection_partitions(((until AT TIME ZONE 'UTC')::date - days), days + 2) FROM fleet;

-- 400 m apart: three or four sensors hear a sound.
INSERT INTO tocsin.sensor (sensor_id, place, altitude_m, accuracy_m, audible_radius_m, firmware, registered_at)
SELECT 'sensor-' || lpad(i::text, 5, '0'),
       tocsin.point(13.4 + 0.0059 * (i % side - side / 2.0 + 0.3 * random()), 52.52 + 0.0036 * (i / side - side / 2.0 + 0.3 * random())),
       35, 2, 300 + 100 * random(), '1.4.2', until - days * interval '1 day'
FROM (SELECT f.*, ceil(sqrt(sensors))::integer AS side FROM fleet AS f) AS f, generate_series(0, sensors - 1) AS i;
INSERT INTO tocsin.sensor_place_history
SELECT sensor_id, registered_at, place, altitude_m, accuracy_m FROM tocsin.sensor;
ANALYZE tocsin.sensor;

-- Every sensor was late and silent once; one in twenty still is.
INSERT INTO tocsin.sensor_status (sensor_id, state, reason, since, last_seen_at, clock_source, clock_uncertainty_us,
  clock_offset_ms, level_dbfs, spool_age_ms, detections_per_hour)
SELECT sensor_id, 'ONLINE', '', registered_at, registered_at, 'GPS', 100, 20, -52.5, 0, '{}' FROM tocsin.sensor;
UPDATE tocsin.sensor_status SET state = 'LATE', reason = 'no heartbeat for 30 s', since = since + (0.1 + 0.3 * random()) * interval '5 days';
UPDATE tocsin.sensor_status SET state = 'SILENT', reason = 'no heartbeat for 2 min', since = since + interval '90 seconds';
UPDATE tocsin.sensor_status SET state = 'ONLINE', reason = '', since = since + random() * interval '1 day', last_seen_at = until FROM fleet
WHERE right(sensor_id, 2)::integer % 20 <> 7;

CREATE TEMP TABLE sound ON COMMIT PRESERVE ROWS AS
SELECT i, labels[1 + floor(power(random(), 1.5) * array_length(labels, 1))::integer] AS label,
       until - days * interval '1 day' * (1 - (i + 0.5) / events) AS origin_at,
       s.place AS near, 200 * random() AS away_m, 2 * pi() * random() AS azimuth
FROM fleet, generate_series(0, events - 1) AS i
-- Some corners are louder than others.
JOIN LATERAL (SELECT 'sensor-' || lpad(floor(power(random(), 2) * (SELECT sensors FROM fleet) + 0 * i)::integer::text, 5, '0') AS id) AS pick ON true
JOIN tocsin.sensor AS s ON s.sensor_id = pick.id;
-- An alert is a shattering and, soon after and close by, a shout.
CREATE TEMP TABLE distress ON COMMIT PRESERVE ROWS AS
SELECT i, row_number() OVER (ORDER BY i) AS n FROM sound
WHERE i % greatest(1, (SELECT events / (2 * greatest(alerts, 1)) FROM fleet)) = 0 ORDER BY i LIMIT (SELECT alerts FROM fleet);
UPDATE sound SET label = 'glass_shatter' FROM distress AS d WHERE d.i = sound.i;
INSERT INTO sound
SELECT (SELECT events FROM fleet) + s.i, 'shout_scream', s.origin_at + (1 + 4 * random()) * interval '1 second', s.near, s.away_m + 10 * random(), s.azimuth
FROM sound AS s JOIN distress AS d ON d.i = s.i;
CREATE TEMP TABLE placed ON COMMIT PRESERVE ROWS AS
SELECT i, label, origin_at, ST_Project(near, away_m, azimuth) AS place, 'event-' || md5(i::text) AS event_id FROM sound;

CREATE TEMP TABLE heard ON COMMIT PRESERVE ROWS AS
SELECT p.i, p.event_id, p.label, s.sensor_id, s.place, 'heard-' || md5(p.i || s.sensor_id) AS detection_id,
       p.origin_at + (ST_Distance(s.place, p.place) / 343.0 + noise) * interval '1 second' AS onset_at,
       round(noise * 1e6)::bigint AS residual_us, 0.5 + 0.5 * random() AS probability
FROM placed AS p
CROSS JOIN LATERAL (
  SELECT s.sensor_id, s.place, 0.002 * (random() - 0.5) AS noise FROM tocsin.sensor AS s
  ORDER BY s.place <-> p.place LIMIT 3) AS s;
CREATE INDEX ON heard (i);

INSERT INTO tocsin.sound_event (event_id, revision, label, origin_at, origin_sigma_us, place, ellipse, semi_major_m,
  semi_minor_m, azimuth_deg, method, azimuthal_gap_deg, picks, silent_sensors, log_likelihood_ratio, published_at)
SELECT p.event_id, 3, p.label, p.origin_at, 900, p.place, tocsin.ellipse(p.place, 30, 12, (p.i % 180)::double precision), 30, 12, p.i % 180,
       'MULTILATERATION', 140, h.picks, '{}', 6.5, p.origin_at + interval '5 seconds'
FROM placed AS p
JOIN (SELECT i, jsonb_agg(jsonb_build_object('detectionId', detection_id, 'sensorId', sensor_id,
               'onsetAt', to_char(onset_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'residualMicros', residual_us,
               'probability', probability) ORDER BY onset_at) AS picks
      FROM heard GROUP BY i) AS h USING (i)
ORDER BY p.origin_at;

INSERT INTO tocsin.distress_alert (alert_id, revision, state, pattern_id, severity, probability, false_alarms_per_day, place,
  ellipse, semi_major_m, semi_minor_m, azimuth_deg, method, azimuthal_gap_deg, started_at, ended_at, explanation, events,
  labels, opened_at, published_at, closed_at)
SELECT 'alert-' || md5(d.i::text), 4, CASE WHEN d.n > (SELECT alerts FROM fleet) - 5 THEN 'OPEN' ELSE 'CLOSED' END, 'glass-then-cry', 'HIGH',
       0.6 + 0.4 * random(), 0.01, a.place, tocsin.ellipse(a.place, 30, 12, (d.i % 180)::double precision), 30, 12, d.i % 180, 'MULTILATERATION', 140,
       a.origin_at, b.origin_at + interval '1 second', 'Glass shattered, then somebody shouted.',
       jsonb_build_array(jsonb_build_object('eventId', a.event_id, 'label', a.label), jsonb_build_object('eventId', b.event_id, 'label', b.label)),
       ARRAY['glass_shatter', 'shout_scream'], a.origin_at + interval '6 seconds', a.origin_at + interval '40 seconds',
       CASE WHEN d.n > (SELECT alerts FROM fleet) - 5 THEN NULL ELSE a.origin_at + interval '40 seconds' END
FROM distress AS d
JOIN placed AS a ON a.i = d.i
JOIN placed AS b ON b.i = (SELECT events FROM fleet) + d.i;
INSERT INTO tocsin.alert_detection
SELECT 'alert-' || md5(d.i::text), h.detection_id, h.event_id, h.label
FROM distress AS d JOIN heard AS h ON h.i IN (d.i, (SELECT events FROM fleet) + d.i);
INSERT INTO tocsin.review
SELECT 'alert-' || md5(d.i::text), CASE WHEN random() < 0.15 THEN 'FALSE_ALARM' WHEN random() < 0.1 THEN 'UNCLEAR' ELSE 'TRUE_DISTRESS' END,
       'ada', '', s.origin_at + interval '1 hour'
FROM distress AS d JOIN sound AS s ON s.i = d.i WHERE d.n % 3 > 0;

INSERT INTO tocsin.detection (detection_id, sensor_id, place, label, probability, score, onset_at, onset_sigma_us, ended_at,
  level_dbfs, clock_source, clock_uncertainty_us, model_id, model_version, model_digest, evidence, published_at)
SELECT detection_id, sensor_id, place, label, probability, probability, onset_at, 1500, onset_at + interval '960 ms',
       -30, 'GPS', 100, 'yamnet-head', '1', 'generated', NULL, onset_at + interval '2 seconds'
FROM heard ORDER BY onset_at;
INSERT INTO tocsin.detection (detection_id, sensor_id, place, label, probability, score, onset_at, onset_sigma_us, ended_at,
  level_dbfs, clock_source, clock_uncertainty_us, model_id, model_version, model_digest, evidence, published_at)
SELECT md5(i::text), s.sensor_id, s.place, label, p, p, onset_at, 1500, onset_at + interval '960 ms', -60 + 40 * p, 'GPS', 100,
       'yamnet-head', '1', 'generated', NULL, onset_at + interval '2 seconds'
FROM (
  SELECT i, 'sensor-' || lpad(floor(random() * sensors)::integer::text, 5, '0') AS sensor_id,
         labels[1 + floor(random() * array_length(labels, 1))::integer] AS label, random() AS p,
         until - days * interval '1 day' * (1 - (i + random()) / noise) AS onset_at
  FROM (SELECT f.*, greatest(0, detections - (SELECT count(*) FROM heard)) AS noise FROM fleet AS f) AS f,
       generate_series(0, noise - 1) AS i) AS n
JOIN tocsin.sensor AS s USING (sensor_id);

DROP TABLE fleet, sound, distress, placed, heard;
