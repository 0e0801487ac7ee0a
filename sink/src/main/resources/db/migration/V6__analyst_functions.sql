-- Functions in SQL alone are inlined or planned with their arguments, so the partitions of other days are left out.
-- Detections are reached through their sensors' index (sensor_id, onset_at): one short range a sensor and day.

CREATE INDEX sensor_place_history_place ON tocsin.sensor_place_history USING gist (place);

-- For maps: views and tiles ask for boxes in degrees. Alerts, events and sensors are few; detections get no such index.
CREATE INDEX sensor_geom ON tocsin.sensor USING gist ((place::geometry(Point, 4326)));
CREATE INDEX sound_event_geom ON tocsin.sound_event USING gist ((place::geometry(Point, 4326)));
CREATE INDEX distress_alert_geom ON tocsin.distress_alert USING gist ((place::geometry(Point, 4326)));

CREATE FUNCTION tocsin.utm(place geometry) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT CASE WHEN ST_Y(c) < 0 THEN 32700 ELSE 32600 END
         + least(60, 1 + floor((ST_X(c) + 180) / 6)::integer)
  FROM (SELECT ST_Centroid(ST_Envelope(place)) AS c) AS centre
$$;
COMMENT ON FUNCTION tocsin.utm(geometry) IS
  'SRID of the UTM zone around the centre of a geometry in SRID 4326; metres in it are true to 0.1 % within some 200 km. Example: SELECT tocsin.utm(tocsin.point(13.4132, 52.5219)::geometry);';

CREATE FUNCTION tocsin.alerts_within(area geography, since timestamptz, until timestamptz)
RETURNS TABLE (
  alert_id text, state text, severity text, probability double precision, labels text[],
  started_at timestamptz, ended_at timestamptz, place geography, method text,
  share_inside double precision, explanation text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT a.alert_id, a.state, a.severity, a.probability, a.labels, a.started_at, a.ended_at, a.place, a.method,
         least(1, ST_Area(ST_Intersection(a.ellipse, area)) / ST_Area(a.ellipse)), a.explanation
  FROM tocsin.distress_alert AS a
  WHERE ST_Intersects(a.ellipse, area)
    AND a.started_at >= since AND a.started_at < until
  ORDER BY 10 DESC, a.started_at, a.alert_id
$$;
COMMENT ON FUNCTION tocsin.alerts_within(geography, timestamptz, timestamptz) IS
  'Alerts in any state that started from since up to but not including until and whose 95 % error ellipse touches the polygon; share_inside is the part of the ellipse that lies in it, 0 to 1, and the largest come first. Example: SELECT alert_id, round(share_inside::numeric, 2) FROM tocsin.alerts_within(''POLYGON((13.3 52.4, 13.5 52.4, 13.5 52.6, 13.3 52.6, 13.3 52.4))'', now() - interval ''1 day'', now());';

CREATE FUNCTION tocsin.detections_near(
  lon double precision, lat double precision, radius_m double precision, since timestamptz, until timestamptz)
RETURNS TABLE (
  detection_id text, sensor_id text, label text, probability double precision, onset_at timestamptz,
  level_dbfs real, place geography, distance_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT d.detection_id, d.sensor_id, d.label, d.probability, d.onset_at, d.level_dbfs, d.place,
         ST_Distance(d.place, tocsin.point(lon, lat))
  FROM (SELECT DISTINCT h.sensor_id FROM tocsin.sensor_place_history AS h
        WHERE ST_DWithin(h.place, tocsin.point(lon, lat), radius_m)) AS s
  CROSS JOIN LATERAL (
    SELECT * FROM tocsin.detection AS d
    WHERE d.sensor_id = s.sensor_id AND d.onset_at >= since AND d.onset_at < until
    OFFSET 0) AS d
  WHERE ST_DWithin(d.place, tocsin.point(lon, lat), radius_m)
  ORDER BY d.onset_at, d.detection_id
$$;
COMMENT ON FUNCTION tocsin.detections_near(double precision, double precision, double precision, timestamptz, timestamptz) IS
  'Detections with an onset from since up to but not including until at sensors that were then within radius_m metres of the point (degrees WGS 84, longitude first), by onset. A sensor must have registered to be found. Example: SELECT onset_at, sensor_id, label FROM tocsin.detections_near(13.4132, 52.5219, 500, now() - interval ''1 hour'', now());';

CREATE FUNCTION tocsin.hotspots(
  since timestamptz, until timestamptz, within_m double precision DEFAULT 100, at_least integer DEFAULT 3,
  area geography DEFAULT NULL, only_label text DEFAULT NULL)
RETURNS TABLE (
  hotspot integer, events bigint, labels text[], first_at timestamptz, last_at timestamptz,
  place geography, extent geography, radius_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH heard AS (
    SELECT e.label, e.origin_at, e.place::geometry AS geom
    FROM tocsin.sound_event AS e
    WHERE e.origin_at >= since AND e.origin_at < until AND e.method = 'MULTILATERATION'
      AND (area IS NULL OR ST_Intersects(e.place, area))
      AND (only_label IS NULL OR e.label = only_label)),
  zone AS (SELECT tocsin.utm(ST_SetSRID(ST_Extent(geom)::geometry, 4326)) AS srid FROM heard),
  clustered AS (
    SELECT h.*, ST_ClusterDBSCAN(ST_Transform(h.geom, z.srid), within_m, at_least) OVER () AS cluster
    FROM heard AS h CROSS JOIN zone AS z),
  grouped AS (
    SELECT count(*) AS n, array_agg(DISTINCT label ORDER BY label) AS labels,
           min(origin_at) AS first_at, max(origin_at) AS last_at,
           ST_Centroid(ST_Collect(geom))::geography AS centre,
           ST_Collect(geom) AS points
    FROM clustered WHERE cluster IS NOT NULL GROUP BY cluster)
  SELECT row_number() OVER (ORDER BY n DESC, first_at, labels)::integer, n, labels, first_at, last_at, centre,
         ST_ConvexHull(points)::geography,
         (SELECT max(ST_Distance(centre, p.geom::geography)) FROM ST_Dump(points) AS p)
  FROM grouped
  ORDER BY 1
$$;
COMMENT ON FUNCTION tocsin.hotspots(timestamptz, timestamptz, double precision, integer, geography, text) IS
  'Places where sounds gathered: located sound events with an origin from since up to but not including until, clustered by DBSCAN (a place where at_least events lie within within_m metres of one of them), most events first; place is the centroid, extent the convex hull, radius_m the farthest event. area and only_label narrow it. Example: SELECT hotspot, events, labels, round(radius_m) FROM tocsin.hotspots(now() - interval ''30 days'', now(), 150, 5);';

CREATE FUNCTION tocsin.density(
  since timestamptz, until timestamptz, edge_m double precision DEFAULT 250,
  area geography DEFAULT NULL, what text DEFAULT 'events', only_label text DEFAULT NULL)
RETURNS TABLE (cell geometry(Polygon, 4326), things bigint, labels text[])
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH thing AS (
    SELECT e.place::geometry AS geom, count(*) AS n, array_agg(DISTINCT e.label) AS labels
    FROM tocsin.sound_event AS e
    WHERE what = 'events' AND e.origin_at >= since AND e.origin_at < until AND e.method = 'MULTILATERATION'
      AND (area IS NULL OR ST_Intersects(e.place, area)) AND (only_label IS NULL OR e.label = only_label)
    GROUP BY e.place::geometry
    UNION ALL
    SELECT a.place::geometry, count(*), (array_agg(a.labels))[1:1]
    FROM tocsin.distress_alert AS a
    WHERE what = 'alerts' AND a.started_at >= since AND a.started_at < until AND a.state <> 'RETRACTED'
      AND (area IS NULL OR ST_Intersects(a.place, area)) AND (only_label IS NULL OR only_label = ANY (a.labels))
    GROUP BY a.place::geometry
    UNION ALL
    SELECT d.place::geometry, count(*), array_agg(DISTINCT d.label)
    FROM (SELECT DISTINCT h.sensor_id FROM tocsin.sensor_place_history AS h
          WHERE what = 'detections' AND (area IS NULL OR ST_Intersects(h.place, area))) AS s
    CROSS JOIN LATERAL (
      SELECT d.place, d.label FROM tocsin.detection AS d
      WHERE d.sensor_id = s.sensor_id AND d.onset_at >= since AND d.onset_at < until
        AND (only_label IS NULL OR d.label = only_label)
      OFFSET 0) AS d
    WHERE area IS NULL OR ST_Intersects(d.place, area)
    GROUP BY d.place::geometry),
  zone AS (SELECT tocsin.utm(ST_SetSRID(ST_Extent(geom)::geometry, 4326)) AS srid FROM thing),
  -- A point on the border of cells belongs to the first of them.
  placed AS (
    SELECT t.n, t.labels, c.i, c.j, z.srid
    FROM thing AS t
    CROSS JOIN zone AS z
    CROSS JOIN LATERAL (
      SELECT g.i, g.j
      FROM ST_HexagonGrid(edge_m, ST_Transform(t.geom, z.srid)) AS g
      WHERE ST_Intersects(g.geom, ST_Transform(t.geom, z.srid))
      ORDER BY g.i, g.j LIMIT 1) AS c)
  SELECT ST_Transform(ST_SetSRID(ST_Hexagon(edge_m, i, j), srid), 4326)::geometry(Polygon, 4326),
         sum(n)::bigint,
         ARRAY(SELECT DISTINCT l FROM unnest(array_remove(string_to_array(string_agg(array_to_string(labels, E'\x1f'), E'\x1f'), E'\x1f'), '')) AS l ORDER BY l)
  FROM placed
  GROUP BY i, j, srid
  ORDER BY 2 DESC, i, j
$$;
COMMENT ON FUNCTION tocsin.density(timestamptz, timestamptz, double precision, geography, text, text) IS
  'Hexagons of edge_m metres an edge with what was counted in each from since up to but not including until: what is events (located sounds), alerts (not retracted) or detections (at their sensors). Empty cells are left out; the grid is the same for any period within a UTM zone. Example: SELECT things, labels, ST_AsText(cell, 5) FROM tocsin.density(now() - interval ''7 days'', now(), 500);';

CREATE FUNCTION tocsin.coverage(area geography, only_alive boolean DEFAULT true)
RETURNS TABLE (covered geometry(MultiPolygon, 4326), sensors bigint, covered_m2 double precision, share double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH heard AS (
    SELECT ST_Multi(ST_CollectionExtract(ST_Intersection(
             ST_Union(ST_Buffer(s.place, s.audible_radius_m)::geometry), area::geometry), 3)) AS geom,
           count(*) AS n
    FROM tocsin.sensor AS s
    LEFT JOIN tocsin.sensor_status AS t USING (sensor_id)
    WHERE ST_DWithin(s.place, area, (SELECT max(audible_radius_m) FROM tocsin.sensor))
      AND ST_DWithin(s.place, area, s.audible_radius_m)
      AND (NOT only_alive OR t.state IN ('ONLINE', 'LATE')))
  SELECT coalesce(geom, ST_GeomFromText('MULTIPOLYGON EMPTY', 4326))::geometry(MultiPolygon, 4326), n,
         coalesce(ST_Area(geom::geography), 0), coalesce(ST_Area(geom::geography), 0) / ST_Area(area)
  FROM heard
$$;
COMMENT ON FUNCTION tocsin.coverage(geography, boolean) IS
  'The part of a polygon that lies in the audible radius of a sensor, with its area in square metres and its share of the polygon, 0 to 1. By default only sensors that are ONLINE or LATE count; with false all that are registered. Example: SELECT sensors, round(share::numeric, 3) FROM tocsin.coverage(''POLYGON((13.40 52.51, 13.43 52.51, 13.43 52.53, 13.40 52.53, 13.40 52.51))'');';

CREATE FUNCTION tocsin.coverage_holes(area geography, at_least_m2 double precision DEFAULT 1000, only_alive boolean DEFAULT true)
RETURNS TABLE (hole geometry(Polygon, 4326), area_m2 double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT d.geom::geometry(Polygon, 4326), ST_Area(d.geom::geography)
  FROM tocsin.coverage(area, only_alive) AS c
  CROSS JOIN LATERAL ST_Dump(ST_CollectionExtract(ST_Difference(area::geometry, c.covered), 3)) AS d
  WHERE ST_Area(d.geom::geography) >= at_least_m2
  ORDER BY 2 DESC
$$;
COMMENT ON FUNCTION tocsin.coverage_holes(geography, double precision, boolean) IS
  'The parts of a polygon of at least at_least_m2 square metres where no sensor would hear a cry, largest first; see tocsin.coverage. Example: SELECT round(area_m2), ST_AsText(ST_PointOnSurface(hole), 5) FROM tocsin.coverage_holes(''POLYGON((13.40 52.51, 13.43 52.51, 13.43 52.53, 13.40 52.53, 13.40 52.51))'');';

-- The interval of Wilson (1927), which holds for few reviews, too; z for 95 %.
CREATE FUNCTION tocsin.false_alarm_rates(since timestamptz, until timestamptz, at_least integer DEFAULT 1)
RETURNS TABLE (
  sensor_id text, label text, reviewed bigint, false_alarms bigint, rate double precision,
  rate_low double precision, rate_high double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH judged AS (
    SELECT DISTINCT a.alert_id, p."sensorId" AS sensor_id, e.label, r.verdict = 'FALSE_ALARM' AS false_alarm
    FROM tocsin.distress_alert AS a
    JOIN tocsin.review AS r USING (alert_id)
    JOIN (SELECT DISTINCT alert_id, event_id FROM tocsin.alert_detection) AS ad USING (alert_id)
    JOIN tocsin.sound_event AS e USING (event_id)
    CROSS JOIN LATERAL jsonb_to_recordset(e.picks) AS p ("sensorId" text)
    WHERE a.started_at >= since AND a.started_at < until AND r.verdict IN ('TRUE_DISTRESS', 'FALSE_ALARM')),
  counted AS (
    SELECT sensor_id, label, count(*) AS n, count(*) FILTER (WHERE false_alarm) AS k
    FROM judged GROUP BY sensor_id, label HAVING count(*) >= at_least)
  SELECT sensor_id, label, n, k, rate,
         -- Rounding must not put the rate outside: at 0 and 1 it is the bound.
         greatest(0, least(rate, (rate + z2 / (2 * n) - half) / (1 + z2 / n))),
         least(1, greatest(rate, (rate + z2 / (2 * n) + half) / (1 + z2 / n)))
  FROM counted
  CROSS JOIN LATERAL (SELECT k::double precision / n AS rate, 1.959964 ^ 2 AS z2) AS share
  CROSS JOIN LATERAL (SELECT sqrt(z2 * (rate * (1 - rate) / n + z2 / (4.0 * n * n))) AS half) AS width
  ORDER BY rate DESC, n DESC, sensor_id, label
$$;
COMMENT ON FUNCTION tocsin.false_alarm_rates(timestamptz, timestamptz, integer) IS
  'For each sensor and label: of the alerts it contributed to that started from since up to but not including until and were reviewed as true or false, how many were false alarms, with the 95 % interval of Wilson; highest rate first. at_least leaves out those with fewer reviews. Example: SELECT * FROM tocsin.false_alarm_rates(now() - interval ''30 days'', now(), 5);';

DROP FUNCTION tocsin.alert_picks(text);
CREATE FUNCTION tocsin.alert_picks(alert text)
RETURNS TABLE (
  event_id text, label text, detection_id text, sensor_id text, onset_at timestamptz,
  probability double precision, distance_m double precision, travel_ms double precision,
  expected_ms double precision, residual_ms double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT ad.event_id, ad.label, ad.detection_id, d.sensor_id, d.onset_at, d.probability,
         ST_Distance(d.place, e.place),
         extract(epoch FROM d.onset_at - e.origin_at)::double precision * 1000,
         extract(epoch FROM d.onset_at - e.origin_at)::double precision * 1000 - r.ms,
         r.ms
  FROM tocsin.distress_alert AS a
  JOIN tocsin.alert_detection AS ad USING (alert_id)
  -- Sound crosses any sensor's reach within a minute; the bound spares the other days' partitions.
  LEFT JOIN LATERAL (
    SELECT * FROM tocsin.detection AS d
    WHERE d.detection_id = ad.detection_id
      AND d.onset_at BETWEEN a.started_at - interval '1 minute' AND a.ended_at + interval '1 minute'
    OFFSET 0) AS d ON true
  LEFT JOIN tocsin.sound_event AS e ON e.event_id = ad.event_id
  LEFT JOIN LATERAL (
    SELECT (p ->> 'residualMicros')::double precision / 1000 AS ms
    FROM jsonb_array_elements(e.picks) AS p WHERE p ->> 'detectionId' = ad.detection_id
    LIMIT 1) AS r ON true
  WHERE a.alert_id = alert
  ORDER BY d.onset_at, ad.detection_id
$$;
COMMENT ON FUNCTION tocsin.alert_picks(text) IS
  'The detections that an alert rests on, by onset: sensor, distance in metres from the sensor to the located event, observed travel time (onset minus origin), the one the location predicts, and residual (observed minus predicted arrival), all in milliseconds. Columns are null where the detection or the event has not been stored. Example: SELECT * FROM tocsin.alert_picks((SELECT alert_id FROM tocsin.current_alert LIMIT 1));';

CREATE FUNCTION tocsin.sensor_track(sensor text, since timestamptz, until timestamptz)
RETURNS TABLE (
  state text, reason text, began_at timestamptz, ended_at timestamptz, lasted interval,
  clock_source text, clock_uncertainty_us bigint, clock_offset_ms bigint, level_dbfs real, spool_age_ms bigint)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT h.state, h.reason, h.since, h.next_since,
         least(coalesce(h.next_since, now()), sensor_track.until) - greatest(h.since, sensor_track.since),
         h.clock_source, h.clock_uncertainty_us, h.clock_offset_ms, h.level_dbfs, h.spool_age_ms
  FROM (SELECT s.*, lead(s.since) OVER (ORDER BY s.since) AS next_since
        FROM tocsin.sensor_status_history AS s WHERE s.sensor_id = sensor) AS h
  WHERE h.since < sensor_track.until AND (h.next_since IS NULL OR h.next_since > sensor_track.since)
  ORDER BY h.since
$$;
COMMENT ON FUNCTION tocsin.sensor_track(text, timestamptz, timestamptz) IS
  'The states that a sensor was in between since and until, in order: why, from when to when (null while it lasts), how long within the period, and clock, level and spool as last reported in that state. Example: SELECT state, began_at, lasted, reason FROM tocsin.sensor_track(''s1'', now() - interval ''30 days'', now());';

CREATE VIEW tocsin.quiet_sensor AS
  SELECT s.sensor_id, s.place, coalesce(t.state, 'UNKNOWN') AS state, coalesce(t.reason, 'never reported') AS reason,
         t.since, t.last_seen_at, now() - coalesce(t.last_seen_at, s.registered_at) AS quiet_for
  FROM tocsin.sensor AS s
  LEFT JOIN tocsin.sensor_status AS t USING (sensor_id)
  WHERE t.state IS DISTINCT FROM 'ONLINE';
COMMENT ON VIEW tocsin.quiet_sensor IS 'Registered sensors that are not ONLINE now: state, why, since when, and how long ago they were last heard of; UNKNOWN has never reported. Example: SELECT sensor_id, state, reason, quiet_for FROM tocsin.quiet_sensor ORDER BY quiet_for DESC;';

-- Lift as in association rules (Brin et al. 1997), each event's neighbourhood being its basket.
CREATE FUNCTION tocsin.label_lift(
  since timestamptz, until timestamptz, within_time interval DEFAULT interval '10 seconds',
  within_m double precision DEFAULT 300, area geography DEFAULT NULL)
RETURNS TABLE (
  label text, other_label text, events bigint, together bigint, share double precision, lift double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH heard AS (
    SELECT e.event_id, e.label, e.origin_at, e.place
    FROM tocsin.sound_event AS e
    WHERE e.origin_at >= since AND e.origin_at < until
      AND (area IS NULL OR ST_Intersects(e.place, area))),
  neighbour AS (
    SELECT DISTINCT h.event_id, h.label, o.label AS other_label
    FROM heard AS h
    CROSS JOIN LATERAL (
      SELECT o.label FROM tocsin.sound_event AS o
      WHERE o.origin_at BETWEEN h.origin_at - within_time AND h.origin_at + within_time
        AND o.event_id <> h.event_id AND ST_DWithin(o.place, h.place, within_m)
      OFFSET 0) AS o),
  total AS (SELECT count(*) AS n FROM heard),
  of_label AS (SELECT h.label, count(*) AS n FROM heard AS h GROUP BY h.label),
  near_other AS (SELECT n.other_label, count(DISTINCT n.event_id) AS n FROM neighbour AS n GROUP BY n.other_label),
  pair AS (SELECT n.label, n.other_label, count(*) AS n FROM neighbour AS n GROUP BY n.label, n.other_label)
  SELECT p.label, p.other_label, l.n, p.n, p.n::double precision / l.n,
         (p.n::double precision / l.n) / (o.n::double precision / t.n)
  FROM pair AS p
  JOIN of_label AS l ON l.label = p.label
  JOIN near_other AS o ON o.other_label = p.other_label
  CROSS JOIN total AS t
  ORDER BY 6 DESC, p.label, p.other_label
$$;
COMMENT ON FUNCTION tocsin.label_lift(timestamptz, timestamptz, interval, double precision, geography) IS
  'Which sounds come together: for each pair of labels how many events of the one had an event of the other within within_time and within_m metres, that share of its events, and the lift: that share over the share among all events (1: no more than chance). Example: SELECT label, other_label, together, round(lift::numeric, 1) FROM tocsin.label_lift(now() - interval ''30 days'', now());';

CREATE FUNCTION tocsin.events_geojson(since timestamptz, until timestamptz, at_most integer DEFAULT 10000) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT jsonb_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(jsonb_agg(jsonb_build_object(
      'type', 'Feature',
      'id', e.event_id,
      'geometry', ST_AsGeoJSON(e.place)::jsonb,
      'properties', jsonb_build_object(
        'revision', e.revision, 'label', e.label, 'originAt', e.origin_at, 'method', e.method,
        'sensors', jsonb_array_length(e.picks), 'logLikelihoodRatio', e.log_likelihood_ratio,
        'ellipse', ST_AsGeoJSON(e.ellipse)::jsonb)) ORDER BY e.origin_at, e.event_id), '[]'::jsonb))
  FROM (SELECT * FROM tocsin.sound_event AS e
        WHERE e.origin_at >= since AND e.origin_at < until
        ORDER BY e.origin_at, e.event_id LIMIT at_most) AS e
$$;
COMMENT ON FUNCTION tocsin.events_geojson(timestamptz, timestamptz, integer) IS
  'Sound events with an origin from since up to but not including until as a GeoJSON FeatureCollection (RFC 7946), the first at_most of them. Example: SELECT tocsin.events_geojson(now() - interval ''1 hour'', now());';

CREATE FUNCTION tocsin.sensors_geojson() RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT jsonb_build_object(
    'type', 'FeatureCollection',
    'features', coalesce(jsonb_agg(jsonb_build_object(
      'type', 'Feature',
      'id', s.sensor_id,
      'geometry', ST_AsGeoJSON(s.place)::jsonb,
      'properties', jsonb_build_object(
        'audibleRadiusMetres', s.audible_radius_m, 'firmware', s.firmware,
        'state', coalesce(t.state, 'UNKNOWN'), 'lastSeenAt', t.last_seen_at)) ORDER BY s.sensor_id), '[]'::jsonb))
  FROM tocsin.sensor AS s
  LEFT JOIN tocsin.sensor_status AS t USING (sensor_id)
$$;
COMMENT ON FUNCTION tocsin.sensors_geojson() IS
  'All sensors with their state as a GeoJSON FeatureCollection (RFC 7946). Example: SELECT tocsin.sensors_geojson();';

DO $$
BEGIN
  GRANT SELECT ON tocsin.quiet_sensor TO tocsin_analyst;
EXCEPTION WHEN undefined_object THEN
  RAISE WARNING 'role tocsin_analyst is missing: run V4__roles.sql and GRANT SELECT ON tocsin.quiet_sensor TO tocsin_analyst';
END
$$;
