/** The parts of Tocsin that a local stack runs beside its servers. */
@NullMarked
package io.tocsin.stack.part;

import org.jspecify.annotations.NullMarked;
