/** The verbs of the tocsin command line. */
@NullMarked
package io.tocsin.stack.cli;

import org.jspecify.annotations.NullMarked;
