#!/bin/bash
# Runs once, when the database's volume is empty: the schema registry's own role and database, so
# that the registry can read nothing of Tocsin's and schema ids outlive its container.
set -euo pipefail
: "${TOCSIN_REGISTRY_DB_PASSWORD:?is unset; set it in .env}"

# psql reads the password from its own variable, so that it needs no quoting by this script.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  -v password="$TOCSIN_REGISTRY_DB_PASSWORD" <<'SQL'
CREATE ROLE registry LOGIN PASSWORD :'password';
CREATE DATABASE registry OWNER registry;
REVOKE CONNECT ON DATABASE registry FROM PUBLIC;
SQL
