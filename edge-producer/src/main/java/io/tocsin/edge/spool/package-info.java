/**
 * A bounded queue of records on disk that survives kill -9 and power cuts. It knows bytes, not what
 * they mean.
 */
@NullMarked
package io.tocsin.edge.spool;

import org.jspecify.annotations.NullMarked;
