-- Who may do what. The four roles are groups that a person's or a program's own role is granted:
-- a statement limit set on a group does not pass to its members, so docs/SQL.md says how to set it on them.
-- Whoever may not create roles goes on without; a database administrator runs this file then.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tocsin_owner', 'tocsin_sink', 'tocsin_analyst', 'tocsin_console'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;

  IF NOT pg_has_role('tocsin_owner', 'USAGE') THEN
    EXECUTE format('GRANT tocsin_owner TO %I', current_user);
  END IF;

  COMMENT ON ROLE tocsin_owner IS 'Owns everything in the schemas tocsin and api, and so may change their structure.';
  COMMENT ON ROLE tocsin_sink IS 'Writes rows and makes the partitions of detections; changes no structure.';
  COMMENT ON ROLE tocsin_analyst IS 'Reads what it was granted, never evidence, and writes nothing. Give it to a person: GRANT tocsin_analyst TO alice;';
  COMMENT ON ROLE tocsin_console IS 'Reads as an analyst does, and writes reviews.';

  -- Of a table made later an analyst sees nothing until a migration grants it: forgetting errs on the quiet side.
  ALTER DEFAULT PRIVILEGES IN SCHEMA tocsin REVOKE SELECT ON TABLES FROM tocsin_analyst;
  ALTER DEFAULT PRIVILEGES IN SCHEMA tocsin GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tocsin_sink;
  ALTER DEFAULT PRIVILEGES IN SCHEMA tocsin GRANT USAGE ON SEQUENCES TO tocsin_sink;

  GRANT USAGE ON SCHEMA tocsin TO tocsin_sink, tocsin_console;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tocsin TO tocsin_sink;
  -- A sink looks whether the schema is of its version, and never changes what it was told.
  REVOKE INSERT, UPDATE, DELETE ON tocsin.flyway_schema_history FROM tocsin_sink;

  GRANT ALL ON tocsin.flyway_schema_history TO tocsin_owner;

  -- With the rights of the owner, for a partition is made by whoever owns the table.
  ALTER FUNCTION tocsin.make_detection_partitions(date, integer) SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
  GRANT EXECUTE ON FUNCTION tocsin.make_detection_partitions(date, integer) TO tocsin_sink;

  GRANT tocsin_analyst TO tocsin_console;
  GRANT INSERT, UPDATE, DELETE ON tocsin.review TO tocsin_console;

  ALTER ROLE tocsin_analyst SET statement_timeout = '30s';
  ALTER ROLE tocsin_analyst SET idle_in_transaction_session_timeout = '10min';
  ALTER ROLE tocsin_analyst CONNECTION LIMIT 20;
  ALTER ROLE tocsin_console SET statement_timeout = '30s';
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation OR undefined_object THEN
  RAISE WARNING 'the roles of Tocsin were not set up: %; let a database administrator run V4__roles.sql', SQLERRM;
END
$$;

-- Compiling a query takes ten times as long as the queries of an analyst take; PostGIS gains nothing by it.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege OR internal_error THEN
  RAISE WARNING 'jit stays on: %; let the owner of the database switch it off', SQLERRM;
END
$$;
