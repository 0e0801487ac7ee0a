/** How Kafka and the registry are reached where they want to know who comes. */
@NullMarked
package io.tocsin.schema.access;

import org.jspecify.annotations.NullMarked;
