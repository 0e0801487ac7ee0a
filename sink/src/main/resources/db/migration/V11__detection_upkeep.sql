-- Which days of detections have a partition, which are waiting in the default one, and how old days go.

CREATE VIEW tocsin.detection_default_day AS
  SELECT (onset_at AT TIME ZONE 'UTC')::date AS day, count(*) AS detections
  FROM tocsin.detection_default
  GROUP BY 1;
COMMENT ON VIEW tocsin.detection_default_day IS 'Days whose detections lie in the default partition for want of one of their own, and how many. Rows here make queries by time slow; tocsin.rehome_detections moves them. Example: SELECT * FROM tocsin.detection_default_day ORDER BY day;';

CREATE FUNCTION tocsin.rehome_detections(least_rows bigint) RETURNS date
LANGUAGE plpgsql
AS $$
DECLARE
  found date;
BEGIN
  SELECT day INTO found FROM tocsin.detection_default_day WHERE detections >= least_rows ORDER BY detections DESC, day LIMIT 1;
  IF found IS NOT NULL AND tocsin.make_detection_partitions(found, 1) = 0 THEN
    RAISE EXCEPTION 'table detection_% is there but is no partition; drop or rename it', to_char(found, 'YYYYMMDD');
  END IF;
  RETURN found;
END
$$;
COMMENT ON FUNCTION tocsin.rehome_detections(bigint) IS
  'Gives the fullest day of the default partition one of its own and moves its detections there, if they are at least that many; returns the day, or null when there was none. One day a call, so that rows of other days wait briefly. Example: SELECT tocsin.rehome_detections(10000);';
REVOKE EXECUTE ON FUNCTION tocsin.rehome_detections(bigint) FROM PUBLIC;

CREATE FUNCTION tocsin.detection_tables()
RETURNS TABLE (name text, day date, attached boolean)
LANGUAGE sql STABLE
AS $$
  SELECT relname::text, to_date(right(relname, 8), 'YYYYMMDD'), relispartition
  FROM pg_class
  WHERE relnamespace = 'tocsin'::regnamespace AND relkind = 'r' AND relname ~ '^detection_[0-9]{8}$'
$$;
COMMENT ON FUNCTION tocsin.detection_tables() IS
  'The tables that hold a day of detections; one that is not attached is about to be dropped. Example: SELECT * FROM tocsin.detection_tables() ORDER BY day;';

CREATE FUNCTION tocsin.detach_detections_before(first_kept date) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
  oldest text;
BEGIN
  SELECT name INTO oldest FROM tocsin.detection_tables() WHERE attached AND day < first_kept ORDER BY day LIMIT 1;
  IF oldest IS NOT NULL THEN
    -- Writers queue behind this lock while it is waited for: rather try again later.
    SET LOCAL lock_timeout = '500ms';
    EXECUTE format('ALTER TABLE tocsin.detection DETACH PARTITION tocsin.%I', oldest);
  END IF;
  RETURN oldest;
END
$$;
COMMENT ON FUNCTION tocsin.detach_detections_before(date) IS
  'Takes the oldest day before first_kept out of tocsin.detection and returns its table, or null when there is none; the table is dropped in a transaction of its own. Fails with lock_not_available rather than make writers wait. Example: SELECT tocsin.detach_detections_before(current_date - 365);';
REVOKE EXECUTE ON FUNCTION tocsin.detach_detections_before(date) FROM PUBLIC;

CREATE FUNCTION tocsin.drop_detections_before(first_kept date) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
  gone text;
  dropped bigint := 0;
BEGIN
  FOR gone IN SELECT name FROM tocsin.detection_tables() WHERE NOT attached AND day < first_kept LOOP
    EXECUTE format('DROP TABLE tocsin.%I', gone);
    dropped := dropped + 1;
  END LOOP;
  DELETE FROM tocsin.detection_default WHERE onset_at < first_kept::timestamp AT TIME ZONE 'UTC';
  RETURN dropped;
END
$$;
COMMENT ON FUNCTION tocsin.drop_detections_before(date) IS
  'Drops the tables of days before first_kept that have been detached, deletes such days from the default partition, and returns how many tables it dropped. Example: SELECT tocsin.drop_detections_before(current_date - 365);';
REVOKE EXECUTE ON FUNCTION tocsin.drop_detections_before(date) FROM PUBLIC;

-- With the rights of the owner, for partitions are made, taken out and dropped by whoever owns the table.
DO $$
DECLARE
  upkeep text;
BEGIN
  FOREACH upkeep IN ARRAY ARRAY['rehome_detections(bigint)', 'detach_detections_before(date)', 'drop_detections_before(date)'] LOOP
    EXECUTE format('ALTER FUNCTION tocsin.%s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', upkeep);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_sink') THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION tocsin.%s TO tocsin_sink', upkeep);
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_analyst') THEN
    GRANT SELECT ON tocsin.detection_default_day TO tocsin_analyst;
  END IF;
END
$$;
SELECT tocsin.hand_to_owner();
