#!/bin/bash
# Stand-in for the official entry point: jobmanager, taskmanager, or any other command as it is.
set -euo pipefail

configuration=$FLINK_HOME/conf/config.yaml
declare -A options=(
  [jobmanager.rpc.address]=${JOB_MANAGER_RPC_ADDRESS:-$(hostname -f)}
  [jobmanager.bind-host]=0.0.0.0
  [taskmanager.bind-host]=0.0.0.0
  [rest.address]=0.0.0.0
  [rest.bind-address]=0.0.0.0
  [blob.server.port]=6124
  [query.server.port]=6125
  [jobmanager.memory.process.size]=1600m
  [taskmanager.memory.process.size]=1728m
  [taskmanager.numberOfTaskSlots]=${TASK_MANAGER_NUMBER_OF_TASK_SLOTS:-1}
)
# As the official one does: a line an option, blanks dropped, the key ends at the first colon.
while IFS= read -r line; do
  line=${line//[[:space:]]/}
  if [[ -n $line ]]; then options[${line%%:*}]=${line#*:}; fi
done <<<"${FLINK_PROPERTIES:-}"
mkdir -p "$FLINK_HOME/conf"
for key in "${!options[@]}"; do printf '%s: %s\n' "$key" "${options[$key]}"; done \
  | sort >"$configuration"

case ${1:-help} in
  jobmanager) main=org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint ;;
  taskmanager) main=org.apache.flink.runtime.taskexecutor.TaskManagerRunner ;;
  help)
    echo "usage: jobmanager | taskmanager | COMMAND"
    exit
    ;;
  *) exec "$@" ;;
esac

class_path=
while IFS= read -r jar; do
  class_path+=$jar:
done < <(printf '%s\n' "$FLINK_HOME"/lib/*.jar | sort)
class_path+="$FLINK_HOME/dist-classes:$FLINK_HOME/dist/*"

{ read -r jvm; read -r dynamic; } < <(java -Dlog4j.configurationFile=/dev/null -Dlog4j2.level=OFF \
  -cp "$class_path" FlinkMemory "$1" "$FLINK_HOME/conf" | tail -n 2)
if [[ -z ${dynamic:-} ]]; then
  echo "the memory of a $1 does not add up; see $configuration" >&2
  exit 1
fi

opens=()
for package in lang net io nio lang.reflect text time util util.concurrent \
  util.concurrent.atomic util.concurrent.locks; do
  opens+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
opens+=(--add-opens=java.base/sun.nio.ch=ALL-UNNAMED
  --add-exports=java.base/sun.net.util=ALL-UNNAMED
  --add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED)

export FLINK_PLUGINS_DIR=$FLINK_HOME/plugins FLINK_LIB_DIR=$FLINK_HOME/lib
command=(java)
if [[ $(id -u) == 0 ]]; then
  chown flink:flink "$configuration"
  command=(setpriv --reuid=flink --regid=flink --init-groups java)
fi
# shellcheck disable=SC2086 # several options each
exec "${command[@]}" $jvm "${opens[@]}" \
  -Dlog4j.configurationFile="file:$FLINK_HOME/conf/log4j-console.properties" \
  -cp "$class_path" "$main" --configDir "$FLINK_HOME/conf" $dynamic
