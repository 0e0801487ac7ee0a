/**
 * The topic catalogue of Tocsin: which record type travels on which topic, under which key and
 * settings.
 */
@NullMarked
package io.tocsin.schema;

import org.jspecify.annotations.NullMarked;
