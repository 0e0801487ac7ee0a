/** ScoringJob measured against the bare model on the same machine. */
@NullMarked
package io.tocsin.stack.bench.scoring;

import org.jspecify.annotations.NullMarked;
