/** Compares what was found in a city with what really happened there. Pure. */
@NullMarked
package io.tocsin.simulator.city.evaluation;

import org.jspecify.annotations.NullMarked;
