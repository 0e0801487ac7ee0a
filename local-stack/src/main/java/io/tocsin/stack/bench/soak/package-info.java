/** The cluster under half its load for an hour: what grows, what lags, what is lost. */
@NullMarked
package io.tocsin.stack.bench.soak;

import org.jspecify.annotations.NullMarked;
