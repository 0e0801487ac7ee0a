/** Clips of audio around alerts: collected from Kafka, kept in an object store, deleted in time. */
@NullMarked
package io.tocsin.sink.evidence;

import org.jspecify.annotations.NullMarked;
