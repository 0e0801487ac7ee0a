CREATE TABLE tocsin.sensor_status_history (
  sensor_id            text NOT NULL,
  since                timestamptz NOT NULL,
  state                text NOT NULL,
  reason               text NOT NULL,
  last_seen_at         timestamptz NOT NULL,
  clock_source         text NOT NULL,
  clock_uncertainty_us bigint NOT NULL,
  clock_offset_ms      bigint NOT NULL,
  level_dbfs           real,
  spool_age_ms         bigint NOT NULL,
  PRIMARY KEY (sensor_id, since)
);
COMMENT ON TABLE tocsin.sensor_status_history IS 'One row a state that a sensor was in; in force until the sensor''s next one. The other columns are as last reported in that state. A sensor taken out of the fleet keeps its rows.';
COMMENT ON COLUMN tocsin.sensor_status_history.sensor_id IS 'The sensor.';
COMMENT ON COLUMN tocsin.sensor_status_history.since IS 'When the state began.';
COMMENT ON COLUMN tocsin.sensor_status_history.state IS 'ONLINE, LATE, SILENT or FAULTY.';
COMMENT ON COLUMN tocsin.sensor_status_history.reason IS 'Why, in words; empty when ONLINE.';
COMMENT ON COLUMN tocsin.sensor_status_history.last_seen_at IS 'Last heartbeat, on the broker''s clock.';
COMMENT ON COLUMN tocsin.sensor_status_history.clock_source IS 'Discipline of its clock: GPS, PTP, NTP, FREE or UNKNOWN.';
COMMENT ON COLUMN tocsin.sensor_status_history.clock_uncertainty_us IS 'One standard deviation of the clock''s error in microseconds.';
COMMENT ON COLUMN tocsin.sensor_status_history.clock_offset_ms IS 'Sensor clock minus broker clock in milliseconds, transport included.';
COMMENT ON COLUMN tocsin.sensor_status_history.level_dbfs IS 'Level at the last heartbeat in dBFS; null when nothing was captured.';
COMMENT ON COLUMN tocsin.sensor_status_history.spool_age_ms IS 'Age of its oldest unsent record in milliseconds.';

-- By a trigger, so that the history holds every state whoever writes the status.
CREATE FUNCTION tocsin.remember_sensor_status() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  INSERT INTO tocsin.sensor_status_history AS h (
    sensor_id, since, state, reason, last_seen_at, clock_source, clock_uncertainty_us, clock_offset_ms,
    level_dbfs, spool_age_ms)
  VALUES (
    NEW.sensor_id, NEW.since, NEW.state, NEW.reason, NEW.last_seen_at, NEW.clock_source,
    NEW.clock_uncertainty_us, NEW.clock_offset_ms, NEW.level_dbfs, NEW.spool_age_ms)
  ON CONFLICT (sensor_id, since) DO UPDATE SET
    state = excluded.state,
    reason = excluded.reason,
    last_seen_at = excluded.last_seen_at,
    clock_source = excluded.clock_source,
    clock_uncertainty_us = excluded.clock_uncertainty_us,
    clock_offset_ms = excluded.clock_offset_ms,
    level_dbfs = excluded.level_dbfs,
    spool_age_ms = excluded.spool_age_ms
  -- A replay tells old things again.
  WHERE excluded.last_seen_at >= h.last_seen_at;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION tocsin.remember_sensor_status() IS
  'Trigger of tocsin.sensor_status: keeps every state in tocsin.sensor_status_history. Example: SELECT * FROM tocsin.sensor_status_history WHERE sensor_id = ''s1'' ORDER BY since;';
CREATE TRIGGER remember AFTER INSERT OR UPDATE ON tocsin.sensor_status
  FOR EACH ROW EXECUTE FUNCTION tocsin.remember_sensor_status();

INSERT INTO tocsin.sensor_status_history
SELECT sensor_id, since, state, reason, last_seen_at, clock_source, clock_uncertainty_us, clock_offset_ms,
       level_dbfs, spool_age_ms
FROM tocsin.sensor_status;

DO $$
BEGIN
  GRANT SELECT ON tocsin.sensor_status_history TO tocsin_analyst;
EXCEPTION WHEN undefined_object THEN
  RAISE WARNING 'role tocsin_analyst is missing: run V4__roles.sql and GRANT SELECT ON tocsin.sensor_status_history TO tocsin_analyst';
END
$$;
