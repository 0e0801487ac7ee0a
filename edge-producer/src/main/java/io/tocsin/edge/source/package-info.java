/**
 * Where sound comes from: streams, cards, files and devices, each with the clock that dates it, and
 * what keeps them going.
 */
@NullMarked
package io.tocsin.edge.source;

import org.jspecify.annotations.NullMarked;
