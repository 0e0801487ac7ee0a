/** Every server and part on one machine, and the tocsin command line. */
@NullMarked
package io.tocsin.stack;

import org.jspecify.annotations.NullMarked;
