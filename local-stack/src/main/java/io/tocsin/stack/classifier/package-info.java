/**
 * Trains heads, calibrates bundles and says how well they hear: from an index of labelled clips.
 */
@NullMarked
package io.tocsin.stack.classifier;

import org.jspecify.annotations.NullMarked;
