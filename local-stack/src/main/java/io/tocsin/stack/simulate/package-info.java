/** Simulated cities through DistressJob's own operators, and what that was worth. */
@NullMarked
package io.tocsin.stack.simulate;

import org.jspecify.annotations.NullMarked;
