CREATE FUNCTION tocsin.instant(micros bigint) RETURNS timestamptz
LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$ SELECT timestamptz 'epoch' + micros * interval '1 microsecond' $$;
COMMENT ON FUNCTION tocsin.instant(bigint) IS
  'The instant that many microseconds after 1970-01-01 UTC, exact to the microsecond. Example: SELECT tocsin.instant(1767225600000000);';

CREATE FUNCTION tocsin.point(lon double precision, lat double precision) RETURNS geography
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography $$;
COMMENT ON FUNCTION tocsin.point(double precision, double precision) IS
  'The point at longitude and latitude, degrees WGS 84 (longitude first). Example: SELECT tocsin.point(13.4132, 52.5219);';

-- In polar form around its centre: r(t) = ab / sqrt((b cos t)^2 + (a sin t)^2), t from the major axis.
-- Axes under a centimetre are drawn as a centimetre, so that the polygon stays a valid one.
CREATE FUNCTION tocsin.ellipse(
  centre geography, semi_major_m double precision, semi_minor_m double precision, azimuth_deg double precision)
RETURNS geography
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT ST_MakePolygon(ST_MakeLine(array_agg(ST_Project(centre, r, radians(azimuth_deg) + t)::geometry ORDER BY i)))::geography
  FROM (
    SELECT i, t, a * b / sqrt((b * cos(t)) ^ 2 + (a * sin(t)) ^ 2) AS r
    FROM (SELECT i, radians(10 * (i % 36)) AS t, greatest(semi_major_m, 0.01) AS a, greatest(semi_minor_m, 0.01) AS b
          FROM generate_series(0, 36) AS i) AS angles) AS vertices
$$;
COMMENT ON FUNCTION tocsin.ellipse(geography, double precision, double precision, double precision) IS
  'The ellipse of those semi-axes in metres around the centre, major axis at that azimuth (degrees clockwise from true north), as a polygon of 36 vertices. Example: SELECT ST_AsText(tocsin.ellipse(tocsin.point(13.4132, 52.5219), 40, 15, 30));';

CREATE FUNCTION tocsin.make_detection_partitions(first_day date, days integer) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
  day date;
  name text;
  made integer := 0;
BEGIN
  -- One at a time: two sinks that start together would both find a day missing.
  PERFORM pg_advisory_xact_lock(hashtext('tocsin.make_detection_partitions'));
  FOR day IN SELECT first_day + n FROM generate_series(0, days - 1) AS n LOOP
    name := 'detection_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('tocsin.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE tocsin.%I (LIKE tocsin.detection INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', name);
    EXECUTE format('LOCK TABLE tocsin.detection_default IN ACCESS EXCLUSIVE MODE');
    EXECUTE format(
      'WITH moved AS (DELETE FROM tocsin.detection_default WHERE onset_at >= %L AND onset_at < %L RETURNING *) INSERT INTO tocsin.%I SELECT * FROM moved',
      day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC', name);
    EXECUTE format(
      'ALTER TABLE tocsin.detection ATTACH PARTITION tocsin.%I FOR VALUES FROM (%L) TO (%L)',
      name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('COMMENT ON TABLE tocsin.%I IS %L', name, 'Detections with an onset on ' || day || ' (UTC).');
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
COMMENT ON FUNCTION tocsin.make_detection_partitions(date, integer) IS
  'Makes the partitions of tocsin.detection for so many UTC days from first_day on that are not there yet, moves their rows out of the default partition, and returns how many it made. Example: SELECT tocsin.make_detection_partitions(current_date, 7);';
REVOKE EXECUTE ON FUNCTION tocsin.make_detection_partitions(date, integer) FROM PUBLIC;

CREATE VIEW tocsin.current_alert AS
  SELECT a.*, r.verdict
  FROM tocsin.distress_alert AS a
  LEFT JOIN tocsin.review AS r USING (alert_id)
  WHERE a.state NOT IN ('CLOSED', 'RETRACTED');
COMMENT ON VIEW tocsin.current_alert IS 'Alerts that are open, each with the verdict of its review where there is one. Example: SELECT alert_id, severity, explanation FROM tocsin.current_alert ORDER BY started_at DESC;';

CREATE FUNCTION tocsin.alerts_near(
  lon double precision, lat double precision, radius_m double precision, since timestamptz, until timestamptz)
RETURNS TABLE (
  alert_id text, state text, severity text, probability double precision, labels text[],
  started_at timestamptz, ended_at timestamptz, place geography, method text,
  distance_m double precision, explanation text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT a.alert_id, a.state, a.severity, a.probability, a.labels, a.started_at, a.ended_at, a.place, a.method,
         ST_Distance(a.place, tocsin.point(lon, lat)), a.explanation
  FROM tocsin.distress_alert AS a
  WHERE ST_DWithin(a.ellipse, tocsin.point(lon, lat), radius_m)
    AND a.started_at >= since AND a.started_at < until
  ORDER BY ST_Distance(a.place, tocsin.point(lon, lat)), a.alert_id
$$;
COMMENT ON FUNCTION tocsin.alerts_near(double precision, double precision, double precision, timestamptz, timestamptz) IS
  'Alerts in any state that started from since up to but not including until and whose 95 % error ellipse comes within radius_m metres of the point (degrees WGS 84, longitude first), nearest first. distance_m is the distance to the most likely point, so it can exceed radius_m where an ellipse is wide. Example: SELECT alert_id, severity, round(distance_m) FROM tocsin.alerts_near(13.4132, 52.5219, 500, now() - interval ''1 day'', now());';

CREATE FUNCTION tocsin.alerts_geojson(since timestamptz, until timestamptz) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT jsonb_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(jsonb_agg(jsonb_build_object(
      'type', 'Feature',
      'id', a.alert_id,
      'geometry', ST_AsGeoJSON(a.place)::jsonb,
      'properties', jsonb_build_object(
        'revision', a.revision, 'state', a.state, 'severity', a.severity, 'pattern', a.pattern_id,
        'probability', a.probability, 'labels', to_jsonb(a.labels), 'method', a.method,
        'startedAt', a.started_at, 'endedAt', a.ended_at, 'explanation', a.explanation,
        'ellipse', ST_AsGeoJSON(a.ellipse)::jsonb)) ORDER BY a.started_at, a.alert_id), '[]'::jsonb))
  FROM tocsin.distress_alert AS a
  WHERE a.started_at >= since AND a.started_at < until
$$;
COMMENT ON FUNCTION tocsin.alerts_geojson(timestamptz, timestamptz) IS
  'Alerts that started from since up to but not including until as a GeoJSON FeatureCollection (RFC 7946): points, each with its error ellipse among its properties. Example: SELECT tocsin.alerts_geojson(now() - interval ''1 day'', now());';

CREATE FUNCTION tocsin.nearest_sensors(lon double precision, lat double precision, n integer)
RETURNS TABLE (sensor_id text, place geography, distance_m double precision, audible boolean, state text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT s.sensor_id, s.place, ST_Distance(s.place, tocsin.point(lon, lat)),
         ST_DWithin(s.place, tocsin.point(lon, lat), s.audible_radius_m), coalesce(t.state, 'UNKNOWN')
  FROM (SELECT * FROM tocsin.sensor ORDER BY sensor.place <-> tocsin.point(lon, lat), sensor.sensor_id LIMIT n) AS s
  LEFT JOIN tocsin.sensor_status AS t USING (sensor_id)
  ORDER BY 3, 1
$$;
COMMENT ON FUNCTION tocsin.nearest_sensors(double precision, double precision, integer) IS
  'The n sensors nearest to the point (degrees WGS 84, longitude first) with distance in metres, whether the point is in their audible radius, and their state. Example: SELECT sensor_id, round(distance_m), audible FROM tocsin.nearest_sensors(13.4132, 52.5219, 5);';

CREATE FUNCTION tocsin.alert_picks(alert text)
RETURNS TABLE (
  event_id text, label text, detection_id text, sensor_id text, onset_at timestamptz,
  probability double precision, distance_m double precision, residual_ms double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT ad.event_id, ad.label, ad.detection_id, d.sensor_id, d.onset_at, d.probability,
         ST_Distance(d.place, e.place),
         (SELECT (p ->> 'residualMicros')::double precision / 1000
          FROM jsonb_array_elements(e.picks) AS p WHERE p ->> 'detectionId' = ad.detection_id)
  FROM tocsin.distress_alert AS a
  JOIN tocsin.alert_detection AS ad USING (alert_id)
  -- Sound crosses any sensor's reach within a minute; the bound spares the other days' partitions.
  LEFT JOIN tocsin.detection AS d
    ON d.detection_id = ad.detection_id
   AND d.onset_at BETWEEN a.started_at - interval '1 minute' AND a.ended_at + interval '1 minute'
  LEFT JOIN tocsin.sound_event AS e ON e.event_id = ad.event_id
  WHERE a.alert_id = alert
  ORDER BY d.onset_at, ad.detection_id
$$;
COMMENT ON FUNCTION tocsin.alert_picks(text) IS
  'The detections that an alert rests on, by onset: sensor, distance in metres from the sensor to the located event, and residual in milliseconds (observed minus predicted arrival). Columns are null where the detection or the event has not been stored. Example: SELECT * FROM tocsin.alert_picks((SELECT alert_id FROM tocsin.current_alert LIMIT 1));';
