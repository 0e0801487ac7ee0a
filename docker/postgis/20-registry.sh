#!/bin/bash
# Runs once, when the database's volume is empty: the schema registry's own role and database, so
# that the registry can read nothing of Tocsin's and schema ids outlive its container.
set -euo pipefail
: "${TOCSIN_REGISTRY_DB_PASSWORD:?is unset; set it in .env}"

# psql takes the password from the environment: arguments are readable by everyone on the host.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password TOCSIN_REGISTRY_DB_PASSWORD
CREATE ROLE registry LOGIN PASSWORD :'password';
CREATE DATABASE registry OWNER registry;
REVOKE CONNECT ON DATABASE registry FROM PUBLIC;
SQL
