/** The demonstration: a scene of real recordings played through the whole system and judged. */
@NullMarked
package io.tocsin.stack.demo;

import org.jspecify.annotations.NullMarked;
