-- What pg_featureserv (OGC API Features) and pg_tileserv serve when they log in as an analyst: views with one
-- geometry of a declared type in SRID 4326; functions that return rows; tiles as f(z, x, y, ...) returning bytea.

CREATE SCHEMA api;
COMMENT ON SCHEMA api IS
  'For pg_featureserv, pg_tileserv, QGIS and notebooks: views with a column geom in SRID 4326, functions with defaults and a limit, and vector tiles.';

CREATE VIEW api.sensors AS
  SELECT s.sensor_id, s.place::geometry(Point, 4326) AS geom, s.audible_radius_m, s.altitude_m, s.firmware,
         coalesce(t.state, 'UNKNOWN') AS state, t.reason, t.last_seen_at, t.clock_source, t.level_dbfs
  FROM tocsin.sensor AS s
  LEFT JOIN tocsin.sensor_status AS t USING (sensor_id);
COMMENT ON VIEW api.sensors IS 'The sensors with their state. Example: SELECT sensor_id, state FROM api.sensors;';

CREATE VIEW api.alerts AS
  SELECT a.alert_id, a.place::geometry(Point, 4326) AS geom, a.state, a.severity, a.pattern_id, a.probability, a.labels,
         a.started_at, a.ended_at, a.method, a.semi_major_m, a.semi_minor_m, a.azimuth_deg, a.explanation, r.verdict
  FROM tocsin.distress_alert AS a
  LEFT JOIN tocsin.review AS r USING (alert_id);
COMMENT ON VIEW api.alerts IS 'The alerts as points, with the verdict of their review. Example: SELECT alert_id, severity, verdict FROM api.alerts WHERE started_at > now() - interval ''1 day'';';

CREATE VIEW api.alert_ellipses AS
  SELECT a.alert_id, a.ellipse::geometry(Polygon, 4326) AS geom, a.state, a.severity, a.probability, a.started_at, a.method
  FROM tocsin.distress_alert AS a;
COMMENT ON VIEW api.alert_ellipses IS 'The 95 % error ellipses of the alerts. Example: SELECT alert_id, ST_Area(geom::geography) FROM api.alert_ellipses;';

CREATE VIEW api.events AS
  SELECT e.event_id, e.place::geometry(Point, 4326) AS geom, e.label, e.origin_at, e.method, e.semi_major_m, e.semi_minor_m,
         e.azimuth_deg, jsonb_array_length(e.picks) AS sensors, e.log_likelihood_ratio
  FROM tocsin.sound_event AS e;
COMMENT ON VIEW api.events IS 'The sound events as points. Example: SELECT event_id, label, sensors FROM api.events WHERE origin_at > now() - interval ''1 hour'';';

CREATE VIEW api.recent_detections AS
  SELECT d.detection_id, d.place::geometry(Point, 4326) AS geom, d.sensor_id, d.label, d.probability, d.onset_at, d.level_dbfs
  FROM tocsin.detection AS d
  WHERE d.onset_at > now() - interval '1 hour' AND d.onset_at < now() + interval '1 hour';
COMMENT ON VIEW api.recent_detections IS 'Detections of the last hour at their sensors; for other times see api.detections_near. Example: SELECT sensor_id, label, onset_at FROM api.recent_detections;';

-- The most that a function of this schema returns.
CREATE FUNCTION api.row_limit() RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 10000 $$;
COMMENT ON FUNCTION api.row_limit() IS 'The most rows that a function of this schema returns, whatever it is asked for. Example: SELECT api.row_limit();';

CREATE FUNCTION api.alerts_near(
  lon double precision DEFAULT 0, lat double precision DEFAULT 0, radius_m double precision DEFAULT 1000,
  since timestamptz DEFAULT now() - interval '1 day', until timestamptz DEFAULT now(), at_most integer DEFAULT 1000)
RETURNS TABLE (alert_id text, geom geometry, state text, severity text, probability double precision, labels text[],
  started_at timestamptz, distance_m double precision, explanation text)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT a.alert_id, a.place::geometry, a.state, a.severity, a.probability, a.labels, a.started_at, a.distance_m, a.explanation
  FROM tocsin.alerts_near(lon, lat, radius_m, since, until) AS a
  ORDER BY a.distance_m, a.alert_id
  LIMIT least(at_most, api.row_limit())
$$;
COMMENT ON FUNCTION api.alerts_near(double precision, double precision, double precision, timestamptz, timestamptz, integer) IS
  'Alerts whose error ellipse comes within radius_m metres of the point, nearest first; see tocsin.alerts_near. Example: SELECT alert_id, distance_m FROM api.alerts_near(13.4132, 52.5219, 500);';

CREATE FUNCTION api.detections_near(
  lon double precision DEFAULT 0, lat double precision DEFAULT 0, radius_m double precision DEFAULT 500,
  since timestamptz DEFAULT now() - interval '1 hour', until timestamptz DEFAULT now(), at_most integer DEFAULT 1000)
RETURNS TABLE (detection_id text, geom geometry, sensor_id text, label text, probability double precision,
  onset_at timestamptz, distance_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT d.detection_id, d.place::geometry, d.sensor_id, d.label, d.probability, d.onset_at, d.distance_m
  FROM tocsin.detections_near(lon, lat, radius_m, since, until) AS d
  ORDER BY d.onset_at, d.detection_id
  LIMIT least(at_most, api.row_limit())
$$;
COMMENT ON FUNCTION api.detections_near(double precision, double precision, double precision, timestamptz, timestamptz, integer) IS
  'Detections at sensors within radius_m metres of the point, by onset; see tocsin.detections_near. Example: SELECT onset_at, label FROM api.detections_near(13.4132, 52.5219, 500);';

CREATE FUNCTION api.hotspots(
  since timestamptz DEFAULT now() - interval '7 days', until timestamptz DEFAULT now(),
  within_m double precision DEFAULT 100, at_least integer DEFAULT 3, only_label text DEFAULT NULL,
  at_most integer DEFAULT 1000)
RETURNS TABLE (hotspot integer, geom geometry, events bigint, labels text[], first_at timestamptz, last_at timestamptz,
  radius_m double precision)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT h.hotspot, h.place::geometry, h.events, h.labels, h.first_at, h.last_at, h.radius_m
  FROM tocsin.hotspots(since, until, within_m, at_least, NULL, only_label) AS h
  ORDER BY h.hotspot
  LIMIT least(at_most, api.row_limit())
$$;
COMMENT ON FUNCTION api.hotspots(timestamptz, timestamptz, double precision, integer, text, integer) IS
  'Places where located sounds gathered, most events first; see tocsin.hotspots. Example: SELECT hotspot, events, labels FROM api.hotspots();';

CREATE FUNCTION api.density(
  since timestamptz DEFAULT now() - interval '7 days', until timestamptz DEFAULT now(),
  edge_m double precision DEFAULT 250, what text DEFAULT 'events', only_label text DEFAULT NULL,
  at_most integer DEFAULT 10000)
RETURNS TABLE (geom geometry, things bigint, labels text[])
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT d.cell::geometry, d.things, d.labels
  FROM tocsin.density(since, until, edge_m, NULL, what, only_label) AS d
  ORDER BY d.things DESC
  LIMIT least(at_most, api.row_limit())
$$;
COMMENT ON FUNCTION api.density(timestamptz, timestamptz, double precision, text, text, integer) IS
  'Hexagons with the number of located sounds, alerts or detections in each; see tocsin.density. Example: SELECT things, ST_AsText(geom, 5) FROM api.density(edge_m => 500);';

-- pg_tileserv tells a tile function by its first three arguments and hands on the others by name.
CREATE FUNCTION api.sensor_tile(z integer, x integer, y integer) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT ST_AsMVT(t, 'sensors', 4096, 'geom')
  FROM (
    SELECT ST_AsMVTGeom(ST_Transform(s.place::geometry(Point, 4326), 3857), ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom,
           s.sensor_id, s.audible_radius_m, coalesce(u.state, 'UNKNOWN') AS state
    FROM tocsin.sensor AS s
    LEFT JOIN tocsin.sensor_status AS u USING (sensor_id)
    WHERE s.place::geometry(Point, 4326) && ST_Transform(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), 4326)
    LIMIT api.row_limit()) AS t
$$;
COMMENT ON FUNCTION api.sensor_tile(integer, integer, integer) IS
  'Vector tile with the layer sensors: sensor_id, audible_radius_m, state. Example: SELECT length(api.sensor_tile(12, 2200, 1343));';

CREATE FUNCTION api.event_tile(
  z integer, x integer, y integer,
  since timestamptz DEFAULT now() - interval '1 day', until timestamptz DEFAULT now(), only_label text DEFAULT NULL)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT ST_AsMVT(t, 'events', 4096, 'geom')
  FROM (
    SELECT ST_AsMVTGeom(ST_Transform(e.place::geometry(Point, 4326), 3857), ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom,
           e.event_id, e.label, extract(epoch FROM e.origin_at)::double precision AS origin_s, e.method,
           jsonb_array_length(e.picks) AS sensors
    FROM tocsin.sound_event AS e
    WHERE e.origin_at >= since AND e.origin_at < until AND (only_label IS NULL OR e.label = only_label)
      AND e.place::geometry(Point, 4326) && ST_Transform(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), 4326)
    ORDER BY e.origin_at DESC, e.event_id
    LIMIT api.row_limit()) AS t
$$;
COMMENT ON FUNCTION api.event_tile(integer, integer, integer, timestamptz, timestamptz, text) IS
  'Vector tile with the layer events: event_id, label, origin_s (seconds since 1970), method, sensors; of too many the latest. Example: SELECT length(api.event_tile(12, 2200, 1343, now() - interval ''7 days'', now()));';

CREATE FUNCTION api.alert_tile(
  z integer, x integer, y integer,
  since timestamptz DEFAULT now() - interval '1 day', until timestamptz DEFAULT now())
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH found AS (
    SELECT a.* FROM tocsin.distress_alert AS a
    WHERE a.started_at >= since AND a.started_at < until
      AND a.ellipse && ST_Transform(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), 4326)::geography
    ORDER BY a.started_at DESC, a.alert_id
    LIMIT api.row_limit())
  SELECT coalesce((
    SELECT ST_AsMVT(t, 'alerts', 4096, 'geom')
    FROM (SELECT ST_AsMVTGeom(ST_Transform(place::geometry, 3857), ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom,
                 alert_id, state, severity, probability, extract(epoch FROM started_at)::double precision AS started_s
          FROM found) AS t), '')
  || coalesce((
    SELECT ST_AsMVT(t, 'ellipses', 4096, 'geom')
    FROM (SELECT ST_AsMVTGeom(ST_Transform(ellipse::geometry, 3857), ST_TileEnvelope(z, x, y), 4096, 64, true) AS geom,
                 alert_id, state, severity
          FROM found) AS t), '')
$$;
COMMENT ON FUNCTION api.alert_tile(integer, integer, integer, timestamptz, timestamptz) IS
  'Vector tile with the layers alerts (alert_id, state, severity, probability, started_s in seconds since 1970) and ellipses. Example: SELECT length(api.alert_tile(12, 2200, 1343, now() - interval ''7 days'', now()));';

DO $$
BEGIN
  GRANT USAGE ON SCHEMA api TO tocsin_analyst;
  GRANT SELECT ON ALL TABLES IN SCHEMA api TO tocsin_analyst;
EXCEPTION WHEN undefined_object THEN
  RAISE WARNING 'role tocsin_analyst is missing: run V4__roles.sql and GRANT USAGE ON SCHEMA api, SELECT ON ALL TABLES IN SCHEMA api TO tocsin_analyst';
END
$$;

-- What migrations make belongs to tocsin_owner, whoever ran them: a later migration calls this as its last line.
CREATE FUNCTION tocsin.hand_to_owner() RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
  thing record;
  handed integer := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_owner' AND pg_has_role(oid, 'USAGE')) THEN
    RETURN 0;
  END IF;
  FOR thing IN
    SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name
    FROM pg_class AS c
    WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('tocsin', 'api'))
      AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner = current_user::regrole
      -- Flyway holds its table open in another session.
      AND c.relname <> 'flyway_schema_history'
      -- A sequence behind a column follows its table.
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
    UNION ALL
    SELECT 'FUNCTION', p.oid::regprocedure::text
    FROM pg_proc AS p
    WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('tocsin', 'api'))
      AND p.proowner = current_user::regrole
    UNION ALL
    SELECT 'SCHEMA', nspname::text
    FROM pg_namespace
    WHERE nspname IN ('tocsin', 'api') AND nspowner = current_user::regrole
  LOOP
    EXECUTE format('ALTER %s %s OWNER TO tocsin_owner', thing.kind, thing.name);
    handed := handed + 1;
  END LOOP;
  RETURN handed;
END
$$;
COMMENT ON FUNCTION tocsin.hand_to_owner() IS
  'Gives tocsin_owner what the current role owns in the schemas tocsin and api, and returns how many things that were; a migration that makes something calls it last. Example: SELECT tocsin.hand_to_owner();';
REVOKE EXECUTE ON FUNCTION tocsin.hand_to_owner() FROM PUBLIC;
SELECT tocsin.hand_to_owner();
