/** Kafka's topics into PostGIS: each record once in effect, whatever stops in between. */
@NullMarked
package io.tocsin.sink;

import org.jspecify.annotations.NullMarked;
