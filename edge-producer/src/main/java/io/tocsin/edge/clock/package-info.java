/** The system's clock: what disciplines it, how wrong it can be, and when it steps. */
@NullMarked
package io.tocsin.edge.clock;

import org.jspecify.annotations.NullMarked;
