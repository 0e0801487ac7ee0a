/** The Confluent wire format over the Confluent Schema Registry client, and dead letters. */
@NullMarked
package io.tocsin.schema.wire;

import org.jspecify.annotations.NullMarked;
