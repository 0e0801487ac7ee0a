-- Nobody but the owner, the writer and, through the function, the console comes near the audio. Earlier migrations
-- let analysts read new tables by default; that is taken back here.
REVOKE ALL ON tocsin.evidence_clip, tocsin.evidence_access FROM PUBLIC;
REVOKE ALL ON FUNCTION tocsin.open_evidence(text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION tocsin.refuse_change() FROM PUBLIC;

DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT rolname FROM pg_roles
    WHERE rolname IN ('tocsin_analyst', 'tocsin_console', 'tocsin_sink') AND rolname <> current_user LOOP
    EXECUTE format('REVOKE ALL ON tocsin.evidence_clip, tocsin.evidence_access FROM %I', name);
    EXECUTE format('REVOKE ALL ON SEQUENCE tocsin.evidence_access_access_id_seq FROM %I', name);
    EXECUTE format('REVOKE ALL ON FUNCTION tocsin.open_evidence(text, text, text) FROM %I', name);
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_sink') THEN
    GRANT SELECT, INSERT, UPDATE ON tocsin.evidence_clip TO tocsin_sink;
    GRANT SELECT, INSERT ON tocsin.evidence_access TO tocsin_sink;
    GRANT EXECUTE ON FUNCTION tocsin.open_evidence(text, text, text) TO tocsin_sink;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_console') THEN
    GRANT EXECUTE ON FUNCTION tocsin.open_evidence(text, text, text) TO tocsin_console;
  END IF;
END
$$;

SELECT tocsin.hand_to_owner();
