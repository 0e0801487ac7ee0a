/**
 * Simpler ways from picks to located events and alerts, for comparison: what one would write first,
 * and what else is in use. They see all picks at once, in the order of their onsets.
 */
@NullMarked
package io.tocsin.simulator.city.baseline;

import org.jspecify.annotations.NullMarked;
