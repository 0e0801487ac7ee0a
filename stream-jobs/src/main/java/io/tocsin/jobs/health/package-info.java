/** SensorHealth: heartbeats and detections to each sensor's status. */
@NullMarked
package io.tocsin.jobs.health;

import org.jspecify.annotations.NullMarked;
