/** Pictures of simulated cities and of what was found in them, as SVG for light and dark pages. */
@NullMarked
package io.tocsin.simulator.city.picture;

import org.jspecify.annotations.NullMarked;
