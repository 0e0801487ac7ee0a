-- Clips of audio, kept only for alerts, and who had them. The audio lies in an object store; here are its keys.

CREATE TABLE tocsin.evidence_clip (
  alert_id       text NOT NULL,
  sensor_id      text NOT NULL,
  revision       integer NOT NULL,
  pending        boolean NOT NULL,
  object_key     text NOT NULL,
  started_at     timestamptz NOT NULL,
  ended_at       timestamptz NOT NULL,
  stored_at      timestamptz,
  sha256         text,
  sample_rate_hz integer,
  bytes          bigint,
  captured_us    bigint,
  gaps           jsonb NOT NULL DEFAULT '[]',
  absent_reason  text,
  kept_until     timestamptz NOT NULL,
  deleted_at     timestamptz,
  deleted_reason text,
  PRIMARY KEY (alert_id, sensor_id),
  CHECK (stored_at IS NULL OR (sha256 IS NOT NULL AND sample_rate_hz IS NOT NULL AND bytes IS NOT NULL AND captured_us IS NOT NULL)),
  CHECK ((deleted_at IS NULL) = (deleted_reason IS NULL))
);
CREATE INDEX evidence_clip_kept_until ON tocsin.evidence_clip (kept_until) WHERE deleted_at IS NULL;
CREATE INDEX evidence_clip_sensor ON tocsin.evidence_clip (sensor_id, started_at);
COMMENT ON TABLE tocsin.evidence_clip IS 'One row a clip: the audio of one sensor around one alert. A row stays when its audio is deleted.';
COMMENT ON COLUMN tocsin.evidence_clip.alert_id IS 'The alert.';
COMMENT ON COLUMN tocsin.evidence_clip.sensor_id IS 'The sensor whose audio it is; one of the alert''s detections is its.';
COMMENT ON COLUMN tocsin.evidence_clip.revision IS 'Revision of the alert that this row answers to.';
COMMENT ON COLUMN tocsin.evidence_clip.pending IS 'Whether that revision''s audio is still awaited; an earlier revision''s clip may be there already.';
COMMENT ON COLUMN tocsin.evidence_clip.object_key IS 'Where the FLAC file lies in the object store.';
COMMENT ON COLUMN tocsin.evidence_clip.started_at IS 'Instant of the first sample, on the sensor''s clock.';
COMMENT ON COLUMN tocsin.evidence_clip.ended_at IS 'Instant after the last sample.';
COMMENT ON COLUMN tocsin.evidence_clip.stored_at IS 'When the object was written; null when there is none.';
COMMENT ON COLUMN tocsin.evidence_clip.sha256 IS 'SHA-256 of the object, hexadecimal.';
COMMENT ON COLUMN tocsin.evidence_clip.sample_rate_hz IS 'Samples per second.';
COMMENT ON COLUMN tocsin.evidence_clip.bytes IS 'Length of the object.';
COMMENT ON COLUMN tocsin.evidence_clip.captured_us IS 'Microseconds of the clip that were captured; the rest is silence for gaps.';
COMMENT ON COLUMN tocsin.evidence_clip.gaps IS 'Stretches without audio, silent in the clip: [{startedAt, endedAt}].';
COMMENT ON COLUMN tocsin.evidence_clip.absent_reason IS 'Why there is no audio: EXPIRED (Kafka had dropped it) or NOT_RECEIVED; null when there is some.';
COMMENT ON COLUMN tocsin.evidence_clip.kept_until IS 'When the object is deleted.';
COMMENT ON COLUMN tocsin.evidence_clip.deleted_at IS 'When the object was deleted; it does not come back.';
COMMENT ON COLUMN tocsin.evidence_clip.deleted_reason IS 'RETENTION, RETRACTED, ERASED, or NOT_CONTRIBUTING (a later revision of the alert rests on other sensors).';

CREATE TABLE tocsin.evidence_access (
  access_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  accessed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  action      text NOT NULL CHECK (action IN ('READ', 'ERASE')),
  alert_id    text NOT NULL,
  sensor_id   text NOT NULL,
  sha256      text,
  role        text NOT NULL,
  person      text NOT NULL CHECK (person <> ''),
  reason      text NOT NULL CHECK (reason <> '')
);
CREATE INDEX evidence_access_alert ON tocsin.evidence_access (alert_id);
COMMENT ON TABLE tocsin.evidence_access IS 'Who had which clip, when and why; rows are only ever added.';
COMMENT ON COLUMN tocsin.evidence_access.access_id IS 'Order of the accesses.';
COMMENT ON COLUMN tocsin.evidence_access.accessed_at IS 'When; before the audio was handed out.';
COMMENT ON COLUMN tocsin.evidence_access.action IS 'READ or ERASE.';
COMMENT ON COLUMN tocsin.evidence_access.alert_id IS 'The alert of the clip.';
COMMENT ON COLUMN tocsin.evidence_access.sensor_id IS 'The sensor of the clip.';
COMMENT ON COLUMN tocsin.evidence_access.sha256 IS 'Digest of what was handed out or erased; null when nothing was stored.';
COMMENT ON COLUMN tocsin.evidence_access.role IS 'The database role that asked, as the server knows it.';
COMMENT ON COLUMN tocsin.evidence_access.person IS 'The person, as the program said that asked.';
COMMENT ON COLUMN tocsin.evidence_access.reason IS 'Why, in the person''s words.';

CREATE FUNCTION tocsin.refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% of %.% is refused: its rows are only ever added', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION tocsin.refuse_change() IS 'Refuses the change: for triggers of tables whose rows are only ever added. Example: SELECT tgrelid::regclass FROM pg_trigger WHERE tgfoid = ''tocsin.refuse_change''::regproc;';
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON tocsin.evidence_access
  FOR EACH STATEMENT EXECUTE FUNCTION tocsin.refuse_change();

-- The way to a clip: what it returns has been written down. It runs as its owner, so that who may call it need not
-- be able to read the table.
CREATE FUNCTION tocsin.open_evidence(alert text, person text, reason text)
RETURNS TABLE (
  sensor_id text, object_key text, sha256 text, started_at timestamptz, ended_at timestamptz,
  sample_rate_hz integer, gaps jsonb)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF coalesce(btrim(person), '') = '' OR coalesce(btrim(reason), '') = '' THEN
    RAISE EXCEPTION 'evidence of alert % needs a person and a reason', alert USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN QUERY
    WITH clip AS (
      SELECT c.* FROM tocsin.evidence_clip AS c
      WHERE c.alert_id = alert AND c.stored_at IS NOT NULL AND c.deleted_at IS NULL
    ), logged AS (
      INSERT INTO tocsin.evidence_access (action, alert_id, sensor_id, sha256, role, person, reason)
      SELECT 'READ', c.alert_id, c.sensor_id, c.sha256, session_user, btrim(open_evidence.person), btrim(open_evidence.reason)
      FROM clip AS c
    )
    SELECT c.sensor_id, c.object_key, c.sha256, c.started_at, c.ended_at, c.sample_rate_hz, c.gaps
    FROM clip AS c ORDER BY c.sensor_id;
END
$$;
COMMENT ON FUNCTION tocsin.open_evidence(text, text, text) IS
  'The clips of an alert, after writing into tocsin.evidence_access that this person has them for this reason; both must be given. Commit before the audio is handed out. Example: SELECT sensor_id, object_key FROM tocsin.open_evidence(''a1'', ''ada'', ''review'');';
