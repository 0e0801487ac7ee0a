/** A private PostgreSQL cluster with PostGIS: finding, installing and running it. */
@NullMarked
package io.tocsin.stack.postgres;

import org.jspecify.annotations.NullMarked;
