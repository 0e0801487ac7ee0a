#!/bin/bash
# Stand-in for the official entry point: makes the cluster when its folder is empty, runs what lies
# in /docker-entrypoint-initdb.d on a server that listens on its socket only, then serves.
set -euo pipefail

if [[ ${1:-} != postgres ]]; then exec "$@"; fi

if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA"
  chown postgres:postgres "$PGDATA"
  chmod 0700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

# A setting, or the content of the file that NAME_FILE names.
setting() {
  local file=${1}_FILE
  if [[ -n ${!file:-} ]]; then cat "${!file}"; else printf '%s' "${!1:-$2}"; fi
}

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  password=$(setting POSTGRES_PASSWORD '')
  if [[ -z $password ]]; then
    echo 'POSTGRES_PASSWORD is empty; set it' >&2
    exit 1
  fi
  POSTGRES_USER=$(setting POSTGRES_USER postgres)
  POSTGRES_DB=$(setting POSTGRES_DB "$POSTGRES_USER")
  export POSTGRES_USER POSTGRES_DB
  # shellcheck disable=SC2086 # several arguments
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$password") \
    ${POSTGRES_INITDB_ARGS:-} --pgdata="$PGDATA"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"

  export PGPASSWORD=$password
  pg_ctl --pgdata="$PGDATA" -o "-c listen_addresses=''" --wait start
  if [[ $POSTGRES_DB != postgres ]]; then
    createdb --username="$POSTGRES_USER" --maintenance-db=postgres "$POSTGRES_DB"
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    echo "$0: $script"
    # shellcheck disable=SC1090 # whatever lies there
    case $script in
      *.sh) if [[ -x $script ]]; then "$script"; else . "$script"; fi ;;
      *.sql) psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script" ;;
    esac
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  unset PGPASSWORD
fi

exec "$@"
