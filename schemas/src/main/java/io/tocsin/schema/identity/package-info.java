/** Whose a record is: sensors sign what they send, and readers believe what is signed. */
@NullMarked
package io.tocsin.schema.identity;

import org.jspecify.annotations.NullMarked;
