/** How fast the sink is, and what it makes of crashes: real servers, the sink as a process. */
@NullMarked
package io.tocsin.stack.bench.sink;

import org.jspecify.annotations.NullMarked;
