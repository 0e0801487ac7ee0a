/**
 * Association as seismology does it: picks (detections at one sensor) to located sound events,
 * sound events to distress alerts. Pure: no broker, no clock, no randomness. Instants are
 * microseconds since the epoch, distances metres, angles degrees.
 */
@NullMarked
package io.tocsin.association;

import org.jspecify.annotations.NullMarked;
