/** Takes parts of a running cluster away and holds what comes out against a run without faults. */
@NullMarked
package io.tocsin.stack.faults;

import org.jspecify.annotations.NullMarked;
