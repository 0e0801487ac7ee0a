/** A bridge for devices that can only speak MQTT: their chunks of sound become frames. */
@NullMarked
package io.tocsin.edge.mqtt;

import org.jspecify.annotations.NullMarked;
