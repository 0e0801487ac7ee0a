/** Measurements that print JSON. */
@NullMarked
package io.tocsin.stack.bench;

import org.jspecify.annotations.NullMarked;
