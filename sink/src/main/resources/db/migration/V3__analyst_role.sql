-- A role for people who read: it cannot log in and owns nothing; grant it to a person's own role.
-- A sink whose user may not create roles goes on without; a database administrator runs this file then.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tocsin_analyst') THEN
    CREATE ROLE tocsin_analyst NOLOGIN;
  END IF;
  GRANT USAGE ON SCHEMA tocsin TO tocsin_analyst;
  GRANT SELECT ON ALL TABLES IN SCHEMA tocsin TO tocsin_analyst;
  ALTER DEFAULT PRIVILEGES IN SCHEMA tocsin GRANT SELECT ON TABLES TO tocsin_analyst;
  COMMENT ON ROLE tocsin_analyst IS 'Reads everything in schema tocsin and writes nothing. Give it to a person: GRANT tocsin_analyst TO alice;';
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
  RAISE WARNING 'role tocsin_analyst was not set up: %; let a database administrator run V3__analyst_role.sql', SQLERRM;
END
$$;
