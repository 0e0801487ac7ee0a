/**
 * Tocsin as many processes on one machine, from the same artifacts as everywhere: three brokers, a
 * Flink session cluster that outlives its JobManager, two sinks. Each process can be taken away.
 */
@NullMarked
package io.tocsin.stack.cluster;

import org.jspecify.annotations.NullMarked;
