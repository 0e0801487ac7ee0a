/** Kafka, the schema registry, Flink and PostGIS as child processes. */
@NullMarked
package io.tocsin.stack.server;

import org.jspecify.annotations.NullMarked;
