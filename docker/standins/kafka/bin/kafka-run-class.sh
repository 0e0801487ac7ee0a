#!/bin/bash
# kafka-run-class.sh CLASS [ARGUMENT ...]: with the heap of KAFKA_HEAP_OPTS, as Kafka's own.
# shellcheck disable=SC2086 # several options
exec java ${KAFKA_HEAP_OPTS:--Xmx256M} ${KAFKA_OPTS:-} \
  -Dlog4j2.configurationFile="${KAFKA_LOG4J:-/opt/kafka/config/tools-log4j2.yaml}" \
  -cp '/opt/kafka/libs/*' "$@"
