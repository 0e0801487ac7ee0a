#!/bin/sh
# leash SIGNAL GRACE_SECONDS PID_FILE COMMAND [ARGUMENT...]
#
# Runs COMMAND for a supervisor that holds the other end of standard input and never writes to it.
# When the supervisor ends, however it ends, standard input closes: COMMAND gets SIGNAL, and KILL
# GRACE_SECONDS later. TERM does the same. PID_FILE gets COMMAND's process id; the exit code is COMMAND's.
# INT reaches only a COMMAND that sets its own handler, as PostgreSQL does: sh starts background
# commands with INT ignored.
set -u
signal=$1
grace=$2
pid_file=$3
shift 3

# A background command of sh gets /dev/null as its standard input, so the pipe is kept as 3.
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
echo "$child" >"$pid_file"

# Everything happens in the trap, so that a TERM that comes before the wait below is not lost.
# shellcheck disable=SC2317 # called by the trap
release() {
  trap '' TERM
  kill -s "$signal" "$child" 2>/dev/null
  tenths=0
  while kill -0 "$child" 2>/dev/null; do
    if [ "$tenths" -ge "$((grace * 10))" ]; then
      kill -KILL "$child" 2>/dev/null
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
  released=yes
}
released=
trap release TERM
trap '' INT HUP
leash=$$
{
  read -r _
  kill -TERM "$leash"
} <&3 2>/dev/null &
watcher=$!
exec 3<&-

wait "$child"
code=$?
if [ -n "$released" ]; then
  wait "$child"
  code=$?
fi
trap '' TERM
kill "$watcher" 2>/dev/null
rm -f "$pid_file"
exit "$code"
