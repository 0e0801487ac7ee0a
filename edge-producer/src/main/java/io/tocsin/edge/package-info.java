/** A sensor's side: capture, framing, registration, frames and heartbeats into Kafka. */
@NullMarked
package io.tocsin.edge;

import org.jspecify.annotations.NullMarked;
