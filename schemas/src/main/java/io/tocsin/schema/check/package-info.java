/** Checks of decoded records that Avro's types cannot express. */
@NullMarked
package io.tocsin.schema.check;

import org.jspecify.annotations.NullMarked;
