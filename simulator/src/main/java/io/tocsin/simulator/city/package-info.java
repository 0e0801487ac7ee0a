/**
 * A simulated city at the level of detections: sensors, what really sounds, what each sensor makes
 * of it, and how it gets here. Deterministic. Instants are microseconds since the epoch, places in
 * the plane metres east and north of the city's centre.
 */
@NullMarked
package io.tocsin.simulator.city;

import org.jspecify.annotations.NullMarked;
