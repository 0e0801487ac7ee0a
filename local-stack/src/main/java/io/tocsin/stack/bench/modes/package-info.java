/** What the modes of a sensor cost, and what its privacy gate lets out. */
@NullMarked
package io.tocsin.stack.bench.modes;

import org.jspecify.annotations.NullMarked;
