/**
 * What leaves a sensor: its audio, embeddings of it, or audio only around what is heard at the
 * sensor itself, and what of it privacy keeps in.
 */
@NullMarked
package io.tocsin.edge.mode;

import org.jspecify.annotations.NullMarked;
